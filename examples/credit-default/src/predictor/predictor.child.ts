// The clients' side: a process of its own that asks for predictions until it is told to stop over IPC.
// Arguments: TABLE.csv INFERENCE-URL REQUESTS-PER-SECOND
import { readFileSync } from 'node:fs';
import { parseTable } from '../data/one-hot.decode';
import { emptyTally, tally } from './prediction.tally';
import type { PredictorReport } from './predictor.message';
import { askSteadily } from './steady.client';

const REPORT_MS = 250;
const [table = '', url = '', perSecond = ''] = process.argv.slice(2);
const stopping = new AbortController();
let counts = emptyTally;
const report = (finished: boolean): void => {
  const message: PredictorReport = { ...counts, finished };
  if (process.connected) process.send?.(message);
};

process.on('message', () => stopping.abort());
// Ctrl-C reaches the whole process group; the demo decides when this process ends.
process.on('SIGINT', () => {});
process.on('disconnect', () => process.exit());
const reporting = setInterval(() => report(false), REPORT_MS);

askSteadily({
  url,
  records: parseTable(readFileSync(table, 'utf8')),
  perSecond: Number(perSecond),
  onOutcome: (outcome) => (counts = tally(counts, outcome)),
  signal: stopping.signal,
}).then(
  () => {
    clearInterval(reporting);
    report(true);
  },
  (error: unknown) => {
    console.error(error);
    process.exit(1);
  },
);
