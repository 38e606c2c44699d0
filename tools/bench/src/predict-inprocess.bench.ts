import { tableFromRows } from '@perennial/columns';
import { type LoadedModel, openModel } from '@perennial/model-runtime';
import { BenchError } from './bench.error';
import type { Benchmark } from './benchmark';
import type { Contest } from './contest';
import { documentedArtifact, documentedPreprocessing, syntheticRecords } from './documented.model';
import type { Peer } from './peer.process';

const CASES = [
  { rows: 1, calls: 500 },
  { rows: 256, calls: 20 },
] as const;
const THREADS = [1, 2] as const;
const SAME_PROBABILITY = 1e-5;

type Records = ReturnType<typeof syntheticRecords>;
type Form = 'records' | 'columns';

/** What both sides are given: records as they come from a producer, or columns that lie ready. */
function ourPredict(model: LoadedModel, form: Form, records: Records): () => Promise<Float64Array> {
  if (form === 'records') return () => model.predict(records);
  const schema = documentedPreprocessing.inputs.map(({ column, type }) => ({ name: column, type }));
  const cells = records.map((record) => schema.map(({ name }) => record[name] ?? null));
  const table = tableFromRows(schema, cells);
  return () => model.predictTable(table);
}

async function perCall(calls: number, call: () => Promise<unknown>): Promise<number> {
  const started = performance.now();
  for (let done = 0; done < calls; done++) await call();
  return (performance.now() - started) / calls;
}

async function checkSame(predict: () => Promise<Float64Array>, theirs: readonly number[]): Promise<void> {
  const ours = await predict();
  const same = ours.every((value, row) => Math.abs(value - (theirs[row] ?? NaN)) <= SAME_PROBABILITY);
  if (same && ours.length === theirs.length) return;
  throw new BenchError('bench.disagreement', 'the two sides predict different probabilities', { ours, theirs });
}

async function contestOf(peer: Peer, model: LoadedModel, form: Form, each: (typeof CASES)[number]): Promise<Contest> {
  const { rows, calls } = each;
  const records = syntheticRecords(rows, 9);
  const predict = ourPredict(model, form, records);
  await checkSame(predict, await peer.request<number[]>('probabilities', { form, records }));
  return {
    name: `predict ${rows} ${rows === 1 ? 'row' : 'rows'} from ${form}`,
    unit: 'ms/call',
    ours: () => perCall(calls, predict),
    peers: THREADS.map((threads) => ({
      name: `onnxruntime ${peer.versions['onnxruntime']} in Python, ${threads} thread${threads > 1 ? 's' : ''}`,
      measure: () => peer.request<number>('calls', { form, records, calls, threads }),
    })),
  };
}

export const predictInProcess: Benchmark = {
  name: 'predict-inprocess',
  title: 'a prediction in the process that asks for it, against onnxruntime in Python with the same artifact',
  rounds: 9,
  peer: { script: 'predict_inprocess.py', packages: ['onnxruntime', 'numpy'] },
  open: async (peer) => {
    const bytes = documentedArtifact();
    await peer.request('prepare', { artifact: Buffer.from(bytes).toString('base64'), threads: THREADS });
    const model = await openModel(bytes, { name: 'bench', version: '1' });
    const close = () => model.close();
    try {
      const contests: Contest[] = [];
      for (const form of ['records', 'columns'] as const) {
        for (const each of CASES) contests.push(await contestOf(peer, model, form, each));
      }
      return { contests, close };
    } catch (error) {
      await close();
      throw error;
    }
  },
};
