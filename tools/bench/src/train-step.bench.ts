import { type EncodedRows, train } from '@perennial/training';
import type { Benchmark } from './benchmark';
import type { Contest } from './contest';
import { documentedModel } from './documented.model';
import type { Peer } from './peer.process';
import { documentedTraining, noRows, syntheticRows } from './training/documented.training';
import { preparePeer } from './training/training.peer';

/** Half a second of training or more in a round: shorter ones differed by a quarter from each other. */
const CASES = [
  { dropout: 0.3, batch: 32, steps: 256 },
  { dropout: 0.3, batch: 256, steps: 48 },
  { dropout: 0, batch: 32, steps: 256 },
  { dropout: 0, batch: 256, steps: 48 },
] as const;
type Case = (typeof CASES)[number];
const THREADS = [1, 2] as const;
const EPOCHS = 2;
const LEARNING_RATE = 3e-4;

/** One epoch warms the process up; the time of the second is read from the training's own record. */
async function ourEpoch({ batch, dropout }: Case, rows: EncodedRows): Promise<number> {
  const { history, steps } = await train({
    model: { ...documentedModel, dropout },
    training: documentedTraining({ epochs: EPOCHS, batchSize: batch, learningRate: LEARNING_RATE }),
    train: rows,
    validation: noRows,
  });
  const [first, second] = history.map(({ seconds }) => seconds * 1000) as [number, number];
  return (second - first) / (steps / EPOCHS);
}

function contestOf(peer: Peer, each: Case, all: EncodedRows): Contest {
  const { batch, steps, dropout } = each;
  const rows: EncodedRows = {
    rows: batch * steps,
    categorical: all.categorical.subarray(0, batch * steps * documentedModel.categorical.length),
    numeric: all.numeric.subarray(0, batch * steps * documentedModel.numeric.length),
    labels: all.labels.subarray(0, batch * steps),
  };
  return {
    name: `training step, dropout ${dropout}, batch ${batch}`,
    unit: 'ms/step',
    ours: () => ourEpoch(each, rows),
    peers: THREADS.map((threads) => ({
      name: `PyTorch ${peer.versions['torch']} eager, ${threads} thread${threads > 1 ? 's' : ''}`,
      measure: () => peer.request<number>('epoch', { batch, steps, threads, dropout }),
    })),
  };
}

export const trainStep: Benchmark = {
  name: 'train-step',
  title: 'a training step of the documented TabTransformer (Adam), against PyTorch eager',
  rounds: 7,
  peer: { script: 'train_step.py', packages: ['torch', 'numpy'] },
  open: async (peer) => {
    const rows = syntheticRows(Math.max(...CASES.map(({ batch, steps }) => batch * steps)));
    await preparePeer(peer, rows, { dropouts: CASES.map(({ dropout }) => dropout), learningRate: LEARNING_RATE });
    return { contests: CASES.map((each) => contestOf(peer, each, rows)), close: () => Promise.resolve() };
  },
};
