import type { GraphOutline, NodeOutline } from './graph.outline';
import { cut, refusedModel } from './model.limits';

const DOMAINS: readonly string[] = ['', 'ai.onnx', 'ai.onnx.ml'];
/** Only Loop can run without end. */
const ENDLESS: readonly string[] = ['Loop'];
/** They look at the shape of a value only, which is as long as its rows are many. */
const OF_SHAPE: readonly string[] = ['Shape', 'Size'];

/** Inputs, by position, whose value is the size of the output. */
const SIZES: Readonly<Record<string, readonly number[]>> = {
  AffineGrid: [1],
  BlackmanWindow: [0],
  CenterCropPad: [1],
  Col2Im: [1, 2],
  ConstantOfShape: [0],
  DFT: [1],
  Expand: [1],
  HammingWindow: [0],
  HannWindow: [0],
  MaxUnpool: [2],
  MelWeightMatrix: [0, 1],
  OneHot: [1],
  Pad: [1],
  Range: [0, 1, 2],
  Resize: [2, 3],
  STFT: [1, 3],
  Tile: [1, 2],
  Upsample: [1],
};

/** Values in sight, and whether what they are follows from what the rows say. */
class Scope {
  private readonly own = new Map<string, boolean>();

  constructor(private readonly outer?: Scope) {}

  get(name: string): boolean | undefined {
    return this.own.get(name) ?? this.outer?.get(name);
  }

  set(names: readonly string[], varies: boolean): void {
    for (const name of names) this.own.set(name, varies);
  }
}

/**
 * Standard operators only, each after those whose values it takes, none that may run without end, and none whose
 * output is as large as some cell of a row says. Throws MODEL_UNLOADABLE.
 */
export function checkGraphs(graph: GraphOutline): void {
  check(graph, new Scope(), true);
}

/** Whether some value in the graph follows from the rows. */
function check({ inputs, initializers, nodes }: GraphOutline, scope: Scope, inputsVary: boolean): boolean {
  // An initializer may give an input its default.
  scope.set(initializers, false);
  scope.set(inputs, inputsVary);
  let varies = false;
  for (const node of nodes) {
    checkOperator(node);
    const given = node.inputs.map((name) => name !== '' && valueOf(name, scope, node));
    checkSizes(node, given);
    const within = node.graphs.map((graph) => check(graph, new Scope(scope), given.includes(true)));
    const outcome = !OF_SHAPE.includes(node.op) && (given.includes(true) || within.includes(true));
    scope.set(node.outputs, outcome);
    varies ||= outcome;
  }
  return varies;
}

function checkOperator({ op, domain, title }: NodeOutline): void {
  if (!DOMAINS.includes(domain)) {
    throw refusedModel(`${title}: domain`, domain, 'must be that of standard operators: ai.onnx or ai.onnx.ml');
  }
  if (ENDLESS.includes(op)) throw refusedModel(`${title}: op_type`, op, 'must be an operator that is sure to end');
}

function valueOf(name: string, scope: Scope, node: NodeOutline): boolean {
  const value = scope.get(name);
  if (value !== undefined) return value;
  throw refusedModel(`${node.title}: input`, cut(name), 'must be given by the graph or by an earlier node');
}

function checkSizes({ op, inputs, title }: NodeOutline, given: readonly boolean[]): void {
  const positions = Object.hasOwn(SIZES, op) ? (SIZES[op] as readonly number[]) : [];
  const position = positions.find((each) => given[each]);
  if (position === undefined) return;
  const rule = 'is a size, and must not depend on the values of a row';
  throw refusedModel(`${title}: input`, inputs[position] as string, rule);
}
