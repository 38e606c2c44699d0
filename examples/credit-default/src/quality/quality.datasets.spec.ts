import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { qualityDatasets } from './quality.datasets';
import { qualityTable } from './quality.scores';

const { sba, german } = qualityDatasets as Required<typeof qualityDatasets>;

const HEAD =
  'LoanNr_ChkDgt,State,BankState,NAICS,ApprovalDate,ApprovalFY,Term,NoEmp,NewExist,CreateJob,RetainedJob,FranchiseCode,' +
  'UrbanRural,RevLineCr,LowDoc,ChgOffDate,DisbursementGross,MIS_Status,ChgOffPrinGr,GrAppv,SBA_Appv';

async function loans(rows: readonly string[]) {
  const folder = mkdtempSync(join(tmpdir(), 'loans-'));
  try {
    const file = join(folder, 'loans.csv');
    writeFileSync(file, [HEAD, ...rows].join('\n'));
    return await sba!.read(file);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

const loan = (id: number, year: number, status: string) =>
  `${id},IN,OH,451120,2/28/${year},${year},84,4,2,0,0,78760,0,N,Y,1/1/2010,60000,${status},500,60000,48000`;

describe('the loans', () => {
  it('have a label from their status, and are left out without one', async () => {
    const read = await loans([loan(1, 1997, 'P I F'), loan(2, 1997, ''), loan(3, 2006, 'CHGOFF')]);
    expect(read.map(({ id, label, sector, franchise }) => [id, label, sector, franchise])).toEqual([
      ['1', 0, '45', 'yes'],
      ['3', 1, '45', 'yes'],
    ]);
  });

  it('are known to a model without what came of them and without their dates and numbers', () => {
    const columns = sba!.pipeline.dataset.columns.map(({ name }) => name);
    for (const leak of ['chgoffdate', 'chgoffpringr', 'mis_status', 'term', 'approvaldate', 'approvalfy', 'year']) {
      expect(columns).not.toContain(leak);
    }
  });

  it('of the last years are never trained on or tuned with, and the others are never the test', async () => {
    const read = await loans(Array.from({ length: 200 }, (_, id) => loan(id, 2000 + (id % 7), 'P I F')));
    for (const fold of [0, 1, 2, 3, 4]) {
      for (const record of read) expect(sba!.part(record, fold) === 'test').toBe(Number(record['year']) >= 2005);
    }
    const validations = read
      .filter(({ year }) => Number(year) < 2005)
      .map((record) => [0, 1, 2, 3, 4].filter((fold) => sba!.part(record, fold) === 'validation').length);
    expect(new Set(validations)).toEqual(new Set([1]));
  });
});

it('judges every client in one fold', () => {
  for (let id = 0; id < 200; id++) {
    const tests = [0, 1, 2, 3, 4].filter((fold) => german!.part({ id: String(id) }, fold) === 'test');
    expect(tests).toHaveLength(1);
  }
});

it('tells mean and sample standard deviation over the folds', () => {
  const score = (fold: number, rocAuc: number) => ({
    ...{ dataset: 'd', contender: 'c', fold, rocAuc, prAuc: 0.5, f1: 0.5, brier: 0.1, seconds: 2 },
  });
  const [, , line] = qualityTable([score(0, 0.7), score(1, 0.8)]).split('\n');
  expect(line).toBe('| c | 0.7500 ± 0.0707 | 0.5000 ± 0.0000 | 0.5000 ± 0.0000 | 0.1000 ± 0.0000 | 2 | 2 |');
});
