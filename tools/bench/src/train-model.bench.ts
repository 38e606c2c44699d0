import { readFileSync } from 'node:fs';
import { type EncodedRows, train } from '@perennial/training';
import { BenchError } from './bench.error';
import type { Benchmark } from './benchmark';
import type { Contest } from './contest';
import { documentedModel } from './documented.model';
import type { Peer } from './peer.process';
import { documentedTraining, noRows, syntheticRows } from './training/documented.training';
import { preparePeer } from './training/training.peer';

const CASES = [
  { name: 'a trained model, 10 epochs of 24,000 rows', epochs: 10, rows: 24_000, learningRate: 3e-4 },
  { name: 'a fine-tuned model, 3 epochs of 5,000 rows', epochs: 3, rows: 5_000, learningRate: 1e-4 },
] as const;
type Case = (typeof CASES)[number];
const BATCH = 32;
const THREADS = [1, 2] as const;
const TICKS_PER_SECOND = 100;
const END_LIMIT_MS = 10_000;

interface Seconds {
  readonly clock: number;
  readonly processor: number;
}

/** The first part of the rows. */
function rowsOf({ rows }: Case, all: EncodedRows): EncodedRows {
  const { categorical, numeric } = documentedModel;
  return {
    rows,
    categorical: all.categorical.subarray(0, rows * categorical.length),
    numeric: all.numeric.subarray(0, rows * numeric.length),
    labels: all.labels.subarray(0, rows),
  };
}

/** From the request to the result: the start of the training process is in it. */
async function ourTraining({ epochs, learningRate }: Case, rows: EncodedRows): Promise<Seconds> {
  const [clock, processor] = [performance.now(), secondsOfEndedChildren()];
  const training = documentedTraining({ epochs, batchSize: BATCH, learningRate });
  await train({ model: documentedModel, training, train: rows, validation: noRows });
  return { clock: (performance.now() - clock) / 1000, processor: (await secondsOfNextEnd(processor)) - processor };
}

/** The training process ends after its result has come. Throws BenchError. */
async function secondsOfNextEnd(before: number): Promise<number> {
  for (const limit = performance.now() + END_LIMIT_MS; performance.now() < limit;) {
    const seconds = secondsOfEndedChildren();
    if (seconds > before) return seconds;
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  throw new BenchError('bench.peer-failed', `the training process did not end within ${END_LIMIT_MS} ms`);
}

/** Fields 16 and 17 of proc(5), the user and system time of children that ended. */
function secondsOfEndedChildren(): number {
  const fields = readFileSync('/proc/self/stat', 'utf8').split(') ')[1]?.split(' ') ?? [];
  return (Number(fields[13]) + Number(fields[14])) / TICKS_PER_SECOND;
}

/** Two contests of the same trainings: by the clock, and then by the processor's time in them. */
function contestsOf(peer: Peer, each: Case, all: EncodedRows): Contest[] {
  const rows = rowsOf(each, all);
  const contest = (unit: string, measure: (run: () => Promise<Seconds>, who: number) => Promise<number>): Contest => ({
    name: each.name,
    unit,
    ours: () => measure(() => ourTraining(each, rows), 0),
    peers: THREADS.map((threads) => ({
      name: `PyTorch ${peer.versions['torch']} eager, ${threads} thread${threads > 1 ? 's' : ''}`,
      measure: () => {
        const request = {
          batch: BATCH,
          rows: each.rows,
          epochs: each.epochs,
          threads,
          dropout: documentedModel.dropout,
        };
        return measure(() => peer.request<Seconds>('train', request), threads);
      },
    })),
  });
  const seen = new Map<number, number[]>();
  const byClock = contest('s', async (run, who) => {
    const { clock, processor } = await run();
    seen.set(who, [...(seen.get(who) ?? []), processor]);
    return clock;
  });
  return [byClock, contest('s of processor', (_, who) => Promise.resolve(seen.get(who)?.shift() ?? NaN))];
}

export const trainModel: Benchmark = {
  name: 'train-model',
  title: 'the documented TabTransformer from rows to a trained and to a fine-tuned model, against PyTorch eager',
  rounds: 5,
  peer: { script: 'train_step.py', packages: ['torch', 'numpy'] },
  open: async (peer) => {
    const rows = syntheticRows(Math.max(...CASES.map((each) => each.rows)));
    const [{ learningRate }] = CASES;
    await preparePeer(peer, rows, { dropouts: [documentedModel.dropout], learningRate });
    return { contests: CASES.flatMap((each) => contestsOf(peer, each, rows)), close: () => Promise.resolve() };
  },
};
