import type { BoundColumn, BoundInput } from './classifier.inputs';
import type { PositiveScore, ScoreKind } from './classifier.output';
import { integers, node, type NodeDescription } from './node.writer';
import { FLOAT, STRING } from './onnx.fields';
import { concatenate } from './protobuf.writer';

/** Its output is named when it is added. */
type Described = Omit<NodeDescription, 'outputs'>;

/** The nodes around a submitted graph. Only operators whose meaning is the same in every version from 9 on. */
export class AddedNodes {
  readonly initializers: Uint8Array[] = [];
  usesLabelEncoder = false;
  private count = 0;

  constructor(private readonly prefix: string) {}

  /** From the raw columns, float32 or string [batch, 1], to what the input takes. */
  front({ input, columns }: BoundInput, target: string): Uint8Array[] {
    const nodes: Uint8Array[] = [];
    const add = (description: Described): string => {
      const output = this.name(description.op);
      nodes.push(concatenate(node({ ...description, outputs: [output] })));
      return output;
    };
    const values = columns.map((each) => this.columnValue(each, add));
    let value = values[0] as string;
    if (values.length > 1) value = add({ op: 'Concat', inputs: values, attributes: { axis: { integer: 1 } } });
    if (input.elementType !== STRING && input.elementType !== FLOAT) {
      value = add({ op: 'Cast', inputs: [value], attributes: { to: { integer: input.elementType } } });
    }
    if (input.shape?.length === 1) value = add({ op: 'Reshape', inputs: [value, this.constant([-1])] });
    nodes.push(concatenate(node({ op: 'Identity', inputs: [value], outputs: [target] })));
    return nodes;
  }

  /** From the scores to P(positive), float32 [batch, 1]. */
  back({ value, index, elementType }: PositiveScore, scores: ScoreKind, target: string): Uint8Array[] {
    const nodes: Uint8Array[] = [];
    let last = value;
    const then = (op: string, further: readonly string[] = [], attributes: NodeDescription['attributes'] = {}) => {
      const output = this.name(op);
      nodes.push(concatenate(node({ op, inputs: [last, ...further], outputs: [output], attributes })));
      last = output;
    };
    if (scores === 'logits' && index === null) then('Sigmoid');
    if (scores === 'logits' && index !== null) then('Softmax', [], { axis: { integer: 1 } });
    if (index !== null) then('Gather', [this.constant([index])], { axis: { integer: 1 } });
    if (elementType !== FLOAT) then('Cast', [], { to: { integer: FLOAT } });
    const shape = this.constant([-1, 1]);
    nodes.push(concatenate(node({ op: 'Reshape', inputs: [last, shape], outputs: [target] })));
    return nodes;
  }

  /** A declared category becomes its number; any other text, and a missing one, NaN. */
  private columnValue({ column, codes }: BoundColumn, add: (node: Described) => string): string {
    if (codes === null) return column.name;
    this.usesLabelEncoder = true;
    const attributes = {
      keys_strings: { strings: [...codes.keys()] },
      values_floats: { floats: [...codes.values()] },
      default_float: { float: NaN },
    };
    return add({ op: 'LabelEncoder', domain: 'ai.onnx.ml', inputs: [column.name], attributes });
  }

  private constant(values: readonly number[]): string {
    const name = this.name('constant');
    this.initializers.push(concatenate(integers(name, values)));
    return name;
  }

  private name(op: string): string {
    this.count += 1;
    return `${this.prefix}${op.toLowerCase()}_${this.count}`;
  }
}
