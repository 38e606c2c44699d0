import { AddedNodes } from './added.nodes';
import { bindInputs, type BoundInput, type RawColumn } from './classifier.inputs';
import { type PositiveScore, positiveScore, type ScoreKind } from './classifier.output';
import { leadingTo } from './graph.reach';
import { renamedNode, renamedTensor } from './graph.rename';
import { readMetadata } from './metadata.reader';
import { type ModelParts, modelParts } from './model.parts';
import { columnValue, metadataEntry, opsetImport } from './node.writer';
import { FLOAT, GRAPH, MODEL, STRING } from './onnx.fields';
import { concatenate, content, integer } from './protobuf.writer';
import { unsuitable } from './unsuitable-model.error';

export interface AdaptRequest {
  pipeline: string;
  /** Every column that a model of the pipeline may take. */
  columns: readonly RawColumn[];
  /** The positive value of the pipeline's target. */
  targetPositive: string | number | boolean;
  /** Columns in the order in which the file takes them; null: as its metadata says, else by the names of its inputs. */
  order: readonly string[] | null;
  positiveClass: string | null;
  output: string | null;
  scores: ScoreKind;
  /** Null: as the file's metadata says, else 0.5. */
  decisionThreshold: number | null;
  /** Of the file: sha256:… */
  digest: string;
}

export interface Adapted {
  /** Raw columns [batch, 1] to `probability` [batch, 1], as the platform serves models. */
  artifact: Uint8Array;
  decisionThreshold: number;
  /** In the order in which the file takes them. */
  inputs: readonly RawColumn[];
  classes: string[] | null;
}

const OUTPUT = 'probability';
const ML = 'ai.onnx.ml';
const OLDEST = 9;
/** Graphs of this version and later need no input for an initializer. */
const PLAIN_INITIALIZERS = 4;

/**
 * Makes a binary classifier that was trained elsewhere the platform's served form: its graph as it is, with the raw columns
 * in front and the probability of the positive class behind. The file must have passed the platform's check of model files.
 * Throws UnsuitableModelError, or MalformedMessageError.
 */
export function adaptClassifier(file: Uint8Array, request: AdaptRequest): Adapted {
  const model = modelParts(file);
  const metadata = readMetadata(file);
  requireOpset(model);
  const order = request.order ?? declaredOrder(metadata['perennial.columns']);
  const bound = bindInputs(model.graph.inputs, request.columns, order);
  const inputs = bound.flatMap(({ columns }) => columns.map(({ column }) => column));
  if (inputs.length === 0) throw unsuitable('inputs', 0, 'must take at least one column');
  if (inputs.some(({ name }) => name === OUTPUT)) {
    throw unsuitable('columns', OUTPUT, 'cannot be the name of an input: it is that of the output');
  }
  const score = positiveScore(model.graph, request);
  const decisionThreshold = thresholdOf(request, metadata);
  const frame = { model, bound, score, scores: request.scores, inputs };
  const described = {
    'perennial.decision_threshold': String(decisionThreshold),
    'perennial.pipeline': request.pipeline,
    'perennial.signature': JSON.stringify(signatureOf(inputs)),
    'perennial.submitted_digest': request.digest,
  };
  return { artifact: framed(frame, described), decisionThreshold, inputs, classes: score.classes };
}

function requireOpset({ opsets }: ModelParts): void {
  const version = opsets.get('') ?? 0;
  if (opsets.has('') && version < OLDEST) {
    throw unsuitable('opset', version, `must be at least ${OLDEST} (target_opset, opset_version of the converter)`);
  }
}

function declaredOrder(text: string | undefined): string[] | null {
  if (text === undefined) return null;
  const names: unknown = text.trimStart().startsWith('[') ? parsed(text) : text.split(',').map((name) => name.trim());
  if (Array.isArray(names) && names.length > 0 && names.every((name) => typeof name === 'string')) return names;
  throw unsuitable('metadata perennial.columns', text, 'must be names separated by commas, or a JSON array of names');
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

function thresholdOf({ decisionThreshold }: AdaptRequest, metadata: Record<string, string>): number {
  if (decisionThreshold !== null) return decisionThreshold;
  const text = metadata['perennial.decision_threshold'];
  if (text === undefined) return 0.5;
  const value = text.trim() === '' ? NaN : Number(text);
  if (value >= 0 && value <= 1) return value;
  throw unsuitable('metadata perennial.decision_threshold', text, 'must be a number from 0 to 1');
}

const signatureOf = (inputs: readonly RawColumn[]) => ({
  inputs: inputs.map(({ name, type }) => ({
    name,
    type: type === 'string' ? 'string' : 'float32',
    columnType: type,
    shape: ['batch', 1],
  })),
  outputs: [{ name: OUTPUT, type: 'float32', shape: ['batch', 1] }],
});

interface Frame {
  model: ModelParts;
  bound: readonly BoundInput[];
  score: PositiveScore;
  scores: ScoreKind;
  inputs: readonly RawColumn[];
}

/** A prefix that no column has. */
const free = (prefix: string, inputs: readonly RawColumn[]): string =>
  inputs.some(({ name }) => name.startsWith(prefix)) ? free(`${prefix}_`, inputs) : prefix;

function framed({ model, bound, score, scores, inputs }: Frame, metadata: Record<string, string>): Uint8Array {
  const own = free('submitted/', inputs);
  const rename = (name: string) => own + name;
  const { nodes, names } = leadingTo(score.value, model.graph);
  const added = new AddedNodes(free('import/', inputs));
  const front = bound.map((each) => added.front(each, rename(each.input.name))).flat();
  const back = added.back({ ...score, value: rename(score.value) }, scores, OUTPUT);
  const graph = [
    ...[...front, ...nodes.map(({ message }) => renamedNode(message, rename)), ...back].map((message) =>
      content(GRAPH.node, message),
    ),
    content(GRAPH.name, 'submitted'),
    ...model.graph.initializers
      .filter(({ name }) => names.has(name))
      .map(({ message }) => content(GRAPH.initializer, renamedTensor(message, rename))),
    ...added.initializers.map((tensor) => content(GRAPH.initializer, tensor)),
    ...inputs.map(({ name, type }) => content(GRAPH.input, columnValue(name, type === 'string' ? STRING : FLOAT))),
    content(GRAPH.output, columnValue(OUTPUT, FLOAT)),
  ];
  return concatenate([
    integer(MODEL.irVersion, Math.max(model.irVersion, PLAIN_INITIALIZERS)),
    content(MODEL.producerName, 'perennial'),
    content(MODEL.graph, graph),
    ...[...opsetsOf(model, added.usesLabelEncoder)].map(opsetImport),
    ...Object.entries(metadata).map(metadataEntry),
  ]);
}

/** LabelEncoder maps texts to numbers since version 2 of ai.onnx.ml, which changed that operator alone. */
function opsetsOf({ opsets, graph }: ModelParts, needsEncoder: boolean): Map<string, number> {
  const wanted = new Map(opsets);
  if (!wanted.has('')) wanted.set('', OLDEST);
  if (!needsEncoder || (opsets.get(ML) ?? 0) >= 2) return wanted;
  if (opsets.has(ML) && graph.nodes.some(({ op, domain }) => domain === ML && op === 'LabelEncoder')) {
    throw unsuitable(`opset ${ML}`, opsets.get(ML), 'must be at least 2 where text columns fill numbers');
  }
  return wanted.set(ML, 2);
}
