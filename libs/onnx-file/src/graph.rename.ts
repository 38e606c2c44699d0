import { rewritten } from './message.rewriter';
import { ATTRIBUTE, GRAPH, NODE, TENSOR, VALUE } from './onnx.fields';
import { decodeText, type Field } from './protobuf.reader';
import { content } from './protobuf.writer';

export type Rename = (name: string) => string;

const renamedText = ({ number, content: bytes }: Field, rename: Rename): Uint8Array | undefined => {
  const name = bytes && decodeText(bytes);
  return name ? content(number, rename(name)) : undefined;
};

/** A tensor of another name; its data is kept as it is written. */
export const renamedTensor = (message: Uint8Array, rename: Rename): Uint8Array =>
  rewritten(message, (field) => (field.number === TENSOR.name ? renamedText(field, rename) : undefined));

const renamedValue = (message: Uint8Array, rename: Rename): Uint8Array =>
  rewritten(message, (field) => (field.number === VALUE.name ? renamedText(field, rename) : undefined));

/** A node that takes and gives values of other names, also in the graphs within it. */
export function renamedNode(message: Uint8Array, rename: Rename): Uint8Array {
  return rewritten(message, (field) => {
    const { number, content: bytes } = field;
    if (number === NODE.input || number === NODE.output) return renamedText(field, rename);
    if (number !== NODE.attribute || !bytes) return undefined;
    return content(
      number,
      rewritten(bytes, (within) => {
        const isGraph = within.number === ATTRIBUTE.graph || within.number === ATTRIBUTE.graphs;
        return isGraph && within.content ? content(within.number, renamedGraph(within.content, rename)) : undefined;
      }),
    );
  });
}

/** What a graph says of values between its nodes is left out: it would have to be renamed, and is found out again. */
function renamedGraph(message: Uint8Array, rename: Rename): Uint8Array {
  return rewritten(message, ({ number, content: bytes }) => {
    if (bytes === undefined) return undefined;
    if (number === GRAPH.node) return content(number, renamedNode(bytes, rename));
    if (number === GRAPH.initializer) return content(number, renamedTensor(bytes, rename));
    if (number === GRAPH.input || number === GRAPH.output) return content(number, renamedValue(bytes, rename));
    return number > GRAPH.output || number === GRAPH.docString ? null : undefined;
  });
}
