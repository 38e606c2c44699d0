// Trains every kind of model, and what is used elsewhere, on the same folds of a credit data set, and keeps the scores of
// each fold in results/quality-DATASET.json; what is already there is not measured again. See docs/quality.md.
//   LIGHTGBM_LIBRARY=lib_lightgbm.so node dist/quality/quality.main.js uci|german|sba FILE.csv PYTHON
//     [--folds 0,1,2,3,4] [--contenders NAME;NAME]
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { FOLDS } from '../rehearsal/fold';
import { FoldContest } from './fold.contest';
import { contenders, ENSEMBLE, peers } from './quality.contenders';
import { qualityDatasets } from './quality.datasets';
import { type FoldScores, qualityTable } from './quality.scores';

const resultsFile = (dataset: string) => resolve(__dirname, '../../results', `quality-${dataset}.json`);
const everyone = [...contenders.map(({ name }) => name), ENSEMBLE, ...peers];

async function main(): Promise<void> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      folds: { type: 'string', default: Array.from({ length: FOLDS }, (_, fold) => fold).join() },
      contenders: { type: 'string', default: everyone.join(';') },
    },
  });
  const [name = '', file = '', python = ''] = positionals;
  const dataset = qualityDatasets[name];
  if (!dataset || !python)
    throw new RangeError(`usage: quality.main.js ${Object.keys(qualityDatasets).join('|')} FILE.csv PYTHON`);
  const wanted = values.contenders.split(';');
  const measured: FoldScores[] = existsSync(resultsFile(name))
    ? JSON.parse(readFileSync(resultsFile(name), 'utf8'))
    : [];
  const records = await dataset.read(file);
  const folder = mkdtempSync(join(tmpdir(), 'quality-'));
  try {
    for (const fold of values.folds.split(',').map(Number)) {
      const missing = wanted.filter(
        (each) => !measured.some((known) => known.fold === fold && known.contender === each),
      );
      if (missing.length === 0) continue;
      const contest = new FoldContest(dataset, records, fold, { python, folder });
      for (const contender of missing) {
        const scores = { dataset: name, fold, contender, ...(await contest.measure(contender)) };
        console.error(JSON.stringify(scores));
        measured.push(scores);
        writeFileSync(resultsFile(name), `${JSON.stringify(measured, null, 2)}\n`);
      }
    }
  } finally {
    rmSync(folder, { recursive: true });
  }
  const rank = ({ contender }: FoldScores) => everyone.indexOf(contender);
  console.log(qualityTable(measured.toSorted((a, b) => rank(a) - rank(b))));
}

main().catch((error: unknown) => {
  console.error(error);
  process.exitCode = 1;
});
