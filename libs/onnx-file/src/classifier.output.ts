import { listAttribute } from './node.attributes';
import { leadingTo } from './graph.reach';
import type { DeclaredValue, GraphParts, NodeParts } from './model.parts';
import { DOUBLE, FLOAT, typeName } from './onnx.fields';
import { unsuitable } from './unsuitable-model.error';

/** What the numbers of the output are. */
export type ScoreKind = 'probabilities' | 'logits';

/** Where P(positive) lies in the file. */
export interface PositiveScore {
  /** A tensor of the graph: [batch, 2] where `index` names the column, else one score for each row. */
  value: string;
  index: 0 | 1 | null;
  elementType: number;
  /** What the two columns stand for, where the file says so. */
  classes: string[] | null;
}

export interface OutputRequest {
  /** Its name; null where it can be told. */
  output: string | null;
  /** The class whose probability is wanted; null: the positive value of the pipeline's target. */
  positiveClass: string | null;
  targetPositive: string | number | boolean;
}

const USUAL = ['probabilities', 'probability', 'output_probability'];
const ZIP_MAP = 'ZipMap';
const CLASS_LISTS = ['classlabels_int64s', 'classlabels_ints', 'classlabels_strings'];

const isScore = ({ kind, elementType }: DeclaredValue): boolean =>
  kind === 'sequence' || (kind === 'tensor' && (elementType === FLOAT || elementType === DOUBLE));

const shownOutputs = (outputs: readonly DeclaredValue[]) =>
  outputs.map(({ name, kind, elementType }) => `${name} (${kind === 'tensor' ? typeName(elementType) : kind})`);

function chosenOutput(outputs: readonly DeclaredValue[], wanted: string | null): DeclaredValue {
  const shown = shownOutputs(outputs);
  if (wanted !== null) {
    const named = outputs.find(({ name }) => name === wanted);
    if (!named) throw unsuitable('output', wanted, `must be an output of the file: ${shown.join(', ')}`);
    if (!isScore(named)) throw unsuitable('output', shownOutputs([named])[0], 'must hold float or double scores');
    return named;
  }
  const scores = outputs.filter(isScore);
  const usual = scores.filter(({ name }) => USUAL.includes(name));
  const [only, ...others] = usual.length > 0 ? usual : scores;
  if (only && others.length === 0) return only;
  const rule = only
    ? 'has several outputs that may be probabilities: name one (--output)'
    : 'must give the probability of a class as float or double; labels alone are not enough';
  throw unsuitable('outputs', shown, rule);
}

const classesOf = (node: NodeParts): string[] | undefined =>
  CLASS_LISTS.map((name) => listAttribute(node, name)).find((labels) => labels !== undefined && labels.length > 0);

/** The classes that the last classifier on the way to a value names. */
const classesBefore = (value: string, graph: GraphParts): string[] | null =>
  leadingTo(value, graph)
    .nodes.map(classesOf)
    .filter((labels) => labels !== undefined)
    .at(-1) ?? null;

/** A sequence of maps is written by ZipMap alone, from the tensor that is wanted. */
function behindZipMap(output: DeclaredValue, graph: GraphParts): { value: string; classes: string[] } {
  const node = graph.nodes.find(({ outputs }) => outputs.includes(output.name));
  const value = node?.inputs[0];
  const classes = node && classesOf(node);
  if (node?.op === ZIP_MAP && value && classes) return { value, classes };
  throw unsuitable(`output ${output.name}`, node?.op ?? null, 'is a sequence: it must come from ZipMap');
}

/** Throws UnsuitableModelError. */
export function positiveScore(graph: GraphParts, request: OutputRequest): PositiveScore {
  const output = chosenOutput(graph.outputs, request.output);
  if (output.kind === 'sequence') {
    const { value, classes } = behindZipMap(output, graph);
    return { value, classes, elementType: FLOAT, index: positiveIndex(classes, output, request) };
  }
  const { name: value, shape, elementType } = output;
  const classes = classesBefore(value, graph);
  if (shape === null || shape.length === 0 || shape.length > 2) {
    throw unsuitable(`output ${value}`, shape, 'must be declared with shape [batch, 1] or [batch, 2]');
  }
  const width = shape.length === 1 ? 1 : (shape[1] ?? classes?.length ?? null);
  if (width === 1) {
    if (request.positiveClass === null) return { value, classes: null, elementType, index: null };
    const rule = `applies to an output of two classes; ${value} has one, which is that of the positive class`;
    throw unsuitable('positive', request.positiveClass, rule);
  }
  if (width !== 2)
    throw unsuitable(`output ${value}`, shape, 'must have the scores of two classes, or of the positive one');
  return { value, classes, elementType, index: positiveIndex(classes, output, request) };
}

/** 1 and "1" and "1.0" are one class; so are true and 1. */
function sameClass(label: string, wanted: string | number | boolean): boolean {
  if (label === String(wanted)) return true;
  const [a, b] = [Number(label), typeof wanted === 'string' && wanted.trim() === '' ? NaN : Number(wanted)];
  return label.trim() !== '' && a === b;
}

function positiveIndex(
  classes: readonly string[] | null,
  { name }: DeclaredValue,
  { positiveClass, targetPositive }: OutputRequest,
): 0 | 1 {
  if (classes === null || classes.length === 0) {
    if (positiveClass === null || positiveClass === '1') return 1;
    if (positiveClass === '0') return 0;
    throw unsuitable('positive', positiveClass, `must be 0 or 1, a column of ${name}: the file names no classes`);
  }
  if (classes.length !== 2) throw unsuitable(`output ${name}`, classes, 'must be of two classes');
  const wanted = positiveClass ?? targetPositive;
  const index = classes.findIndex((label) => sameClass(label, wanted));
  if (index === 0 || index === 1) return index;
  const rule = `must be a class of the file: ${classes.join(' or ')}`;
  throw unsuitable(positiveClass === null ? 'the pipeline’s positive value' : 'positive', wanted, rule);
}
