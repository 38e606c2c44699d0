import { type ConstantTensor, type ElementType, type Shape, sizeOf } from './tensor';

/** A handle on one tensor of a graph: what produces it does not matter to its readers. */
export interface Value {
  readonly name: string;
  readonly type: ElementType;
  readonly shape: Shape;
}

export type Attribute =
  | { readonly kind: 'int'; readonly value: number }
  | { readonly kind: 'float'; readonly value: number }
  | { readonly kind: 'string'; readonly value: string }
  | { readonly kind: 'ints'; readonly value: readonly number[] }
  | { readonly kind: 'floats'; readonly value: readonly number[] }
  | { readonly kind: 'strings'; readonly value: readonly string[] }
  | { readonly kind: 'tensor'; readonly value: ConstantTensor }
  | { readonly kind: 'graph'; readonly value: Graph };

export interface Node {
  readonly opType: string;
  /** '' is ONNX's own operator set. */
  readonly domain: string;
  readonly inputs: readonly (Value | undefined)[];
  readonly outputs: readonly Value[];
  readonly attributes: Readonly<Record<string, Attribute>>;
}

export interface ValueSpec {
  readonly type: ElementType;
  readonly shape: Shape;
}

/** Hands out names; a graph and its subgraphs share one, because ONNX forbids shadowing. */
class Names {
  private readonly used = new Map<string, number>();

  next(base: string): string {
    const count = this.used.get(base) ?? 0;
    this.used.set(base, count + 1);
    return count === 0 ? base : this.next(`${base}_${count}`);
  }
}

/** A graph under construction. Nodes are appended in an order that is already topological. */
export class Graph {
  readonly inputs: Value[] = [];
  readonly outputs: { readonly name: string; readonly value: Value }[] = [];
  readonly nodes: Node[] = [];
  readonly initializers: { readonly value: Value; readonly tensor: ConstantTensor }[] = [];
  private readonly sharedConstants = new Map<string, Value>();

  constructor(
    readonly name: string,
    private readonly names: Names = new Names(),
  ) {}

  input(name: string, type: ElementType, shape: Shape): Value {
    const value = { name: this.names.next(name), type, shape };
    if (value.name !== name) throw new Error(`graph ${this.name}: the name ${name} is taken`);
    this.inputs.push(value);
    return value;
  }

  /** Declares an output under a public name of its own (an Identity is added when it differs). */
  output(name: string, value: Value): void {
    const named = value.name === name ? value : this.rename(name, value);
    this.outputs.push({ name, value: named });
  }

  /** Declares an output under the value's internal name: costs nothing, for subgraphs, whose outputs bind by place. */
  outputInPlace(value: Value): void {
    const passesThrough = this.inputs.includes(value) || this.outputs.some((output) => output.value === value);
    const own = passesThrough ? this.rename(this.names.next(`${value.name}_out`), value, true) : value;
    this.outputs.push({ name: own.name, value: own });
  }

  constant(tensor: ConstantTensor, name = 'c'): Value {
    if (sizeOf(tensor.shape) !== tensor.data.length) {
      throw new Error(`constant ${name}: ${tensor.data.length} elements do not fill [${tensor.shape.join(', ')}]`);
    }
    const key = sharingKey(tensor);
    const known = key === undefined ? undefined : this.sharedConstants.get(key);
    if (known) return known;
    const value = { name: this.names.next(name), type: tensor.type, shape: tensor.shape };
    this.initializers.push({ value, tensor });
    if (key !== undefined) this.sharedConstants.set(key, value);
    return value;
  }

  /** Appends a node and returns its outputs in order. */
  node(
    opType: string,
    inputs: readonly (Value | undefined)[],
    outputs: readonly ValueSpec[],
    attributes: Readonly<Record<string, Attribute>> = {},
    domain = '',
  ): Value[] {
    const values = outputs.map((spec) => ({ ...spec, name: this.names.next(opType.toLowerCase()) }));
    this.nodes.push({ opType, domain, inputs, outputs: values, attributes });
    return values;
  }

  /** A node with exactly one output. */
  single(
    opType: string,
    inputs: readonly (Value | undefined)[],
    output: ValueSpec,
    attributes: Readonly<Record<string, Attribute>> = {},
    domain = '',
  ): Value {
    return this.node(opType, inputs, [output], attributes, domain)[0] as Value;
  }

  /** A body for a control-flow node (Scan): its names never collide with this graph's. */
  subgraph(name: string): Graph {
    return new Graph(name, this.names);
  }

  private rename(name: string, value: Value, reserved = false): Value {
    if (!reserved && this.names.next(name) !== name) throw new Error(`graph ${this.name}: the name ${name} is taken`);
    const named = { name, type: value.type, shape: value.shape };
    this.nodes.push({ opType: 'Identity', domain: '', inputs: [value], outputs: [named], attributes: {} });
    return named;
  }
}

/** Equal keys mean equal contents. Only short or uniform tensors are worth looking for. */
function sharingKey({ type, shape, data }: ConstantTensor): string | undefined {
  const items = data as ArrayLike<unknown>;
  const first = items[0];
  const text = (item: unknown) => JSON.stringify([String(item), Object.is(item, -0)]);
  if (items.length > 16 && Array.prototype.every.call(items, (item) => Object.is(item, first))) {
    return `${type}[${shape.join()}]=${text(first)}`;
  }
  return items.length > 16 ? undefined : `${type}[${shape.join()}]${Array.from(items, text).join()}`;
}
