import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as op from '@perennial/onnx-graph';
import { buildTrainingGraph, type TabTransformerConfig } from '@perennial/tabular-models';
import { InferenceSession, Tensor } from 'onnxruntime-node';
import { documentedModel, seededNumbers } from '../documented.model';
import { documentedTraining } from './documented.training';

const STEPS = 2;
const MATRIX = 1024;

interface StepProfile {
  readonly batch: number;
  readonly dropout: number;
  /** Sum over the nodes of each one's tenth percentile: what a step takes undisturbed, without what lies between nodes. */
  readonly msPerStep: number;
  /** Of the matrix products, three times those of the forward pass. */
  readonly gigaflopPerStep: number;
  /** Of a product of two 1024 × 1024 matrices in the same process, one thread. */
  readonly peakGigaflopPerSecond: number;
  readonly shareOfPeak: number;
  readonly operators: readonly { readonly operator: string; readonly nodes: number; readonly ms: number }[];
}

/** Where the time of a training step of the documented model goes, by operator. */
export async function profileStep(batch: number, dropout: number, calls: number): Promise<StepProfile> {
  const model = { ...documentedModel, dropout };
  const training = documentedTraining({ epochs: 1, batchSize: batch, learningRate: 3e-4 });
  const events = await profiled(buildTrainingGraph(model, training, batch), calls);
  const operators = byOperator(events);
  const msPerStep = operators.reduce((sum, { ms }) => sum + ms, 0);
  const peak = (2 * MATRIX ** 3) / (byOperator(await profiled(product(), 20))[0]?.ms as number) / 1e6;
  const gigaflopPerStep = (3 * batch * flopOfRow(model)) / 1e9;
  return {
    ...{ batch, dropout, msPerStep, gigaflopPerStep, peakGigaflopPerSecond: peak },
    ...{ shareOfPeak: gigaflopPerStep / (msPerStep / 1000) / peak, operators },
  };
}

/**
 * Two for each multiplication and addition that the forward pass of one row needs; products with ones, by which sums are
 * computed, are none.
 */
function flopOfRow({ categorical, numeric, dModel, layers, feedForward }: TabTransformerConfig): number {
  const tokens = categorical.length;
  const layer = tokens * (4 * dModel ** 2 + 2 * dModel * feedForward) + 2 * tokens ** 2 * dModel;
  const head = (tokens * dModel + numeric.length) * 128 + 128 * 64 + 64 * 2;
  return 2 * (layers * layer + head);
}

function product(): op.Graph {
  const g = new op.Graph('product');
  const side = (name: string) => g.input(name, 'float32', [MATRIX, MATRIX]);
  g.output('c', op.matMul(g, side('a'), side('b')));
  return g;
}

interface NodeEvent {
  readonly cat: string;
  readonly name: string;
  /** Microseconds. */
  readonly dur: number;
  readonly args: { readonly op_name: string };
}

async function profiled(graph: op.Graph, calls: number): Promise<NodeEvent[]> {
  const directory = mkdtempSync(join(tmpdir(), 'step-profile-'));
  try {
    const session = await InferenceSession.create(op.serialiseModel(graph), {
      ...{ executionProviders: ['cpu'], intraOpNumThreads: 1, interOpNumThreads: 1, logSeverityLevel: 3 },
      ...{ enableProfiling: true, profileFilePrefix: join(directory, 'profile') },
      // As in trainings.
      extra: { session: { disable_quant_qdq: '1' } },
    });
    const feeds = Object.fromEntries(graph.inputs.map((input) => [input.name, randomTensor(input)]));
    for (let call = 0; call < calls; call++) await session.run(feeds);
    session.endProfiling();
    const [file] = readdirSync(directory) as [string];
    return JSON.parse(readFileSync(join(directory, file), 'utf8'));
  } finally {
    rmSync(directory, { recursive: true });
  }
}

/** Bytes are masks that keep; whole numbers are codes that every feature has. */
function randomTensor({ name, type, shape }: op.Value): Tensor {
  const dims = shape.map((dim) => (typeof dim === 'number' ? dim : STEPS));
  const size = op.sizeOf(dims);
  const random = seededNumbers(1);
  if (type === 'uint8') return new Tensor('uint8', new Uint8Array(size).fill(1), dims);
  if (type === 'int32') return new Tensor('int32', new Int32Array(size).fill(1), dims);
  const scale = name === 'rates' ? 1e-6 : 0.1;
  return new Tensor(
    'float32',
    Float32Array.from({ length: size }, () => scale * random()),
    dims,
  );
}

/** Nodes of all steps together; one that holds a graph counts by what is in it. */
function byOperator(events: readonly NodeEvent[]): StepProfile['operators'] {
  const nodes = new Map<string, { operator: string; durations: number[] }>();
  for (const { cat, name, dur, args } of events) {
    if (cat !== 'Node' || !name.endsWith('kernel_time') || args.op_name === 'Scan') continue;
    const node = nodes.get(name) ?? { operator: args.op_name, durations: [] };
    node.durations.push(dur);
    nodes.set(name, node);
  }
  const operators = new Map<string, { operator: string; nodes: number; ms: number }>();
  for (const { operator, durations } of nodes.values()) {
    const sorted = durations.sort((a, b) => a - b);
    const before = operators.get(operator) ?? { operator, nodes: 0, ms: 0 };
    const ms = before.ms + (sorted[Math.floor(sorted.length / 10)] as number) / 1000;
    operators.set(operator, { operator, nodes: before.nodes + 1, ms });
  }
  return [...operators.values()].sort((a, b) => b.ms - a.ms);
}
