// The categories that a graph knows are the keys of its encoders. Field numbers: onnx.proto.
import { decodeText, fieldsOf } from './protobuf.reader';

const MODEL_GRAPH = 7;
const GRAPH_NODE = 1;
const NODE = { input: 1, opType: 4, attribute: 5 };
const ATTRIBUTE = { name: 1, strings: 9 };

/** By operator, the attribute that lists the texts it knows; LabelEncoder of ai.onnx.ml 1 calls its list so too. */
const TEXTS: Readonly<Record<string, readonly string[]>> = {
  LabelEncoder: ['keys_strings', 'classes_strings'],
  OneHotEncoder: ['cats_strings'],
  CategoryMapper: ['cats_strings'],
};

/**
 * By input of the graph, the texts that an encoder reading it directly knows. An input that is changed before it is
 * encoded, or that is no category, is not among them. Throws MalformedMessageError.
 */
export function readCategories(model: Uint8Array): Map<string, Set<string>> {
  const categories = new Map<string, Set<string>>();
  for (const graph of contents(model, MODEL_GRAPH)) {
    for (const node of contents(graph, GRAPH_NODE)) {
      const names = TEXTS[textIn(node, NODE.opType)];
      const input = names && textIn(node, NODE.input);
      if (!names || !input) continue;
      const known = contents(node, NODE.attribute)
        .filter((attribute) => names.includes(textIn(attribute, ATTRIBUTE.name)))
        .flatMap((attribute) => contents(attribute, ATTRIBUTE.strings).map(decodeText));
      const all = categories.get(input) ?? new Set<string>();
      known.forEach((text) => all.add(text));
      if (all.size > 0) categories.set(input, all);
    }
  }
  return categories;
}

function contents(message: Uint8Array, wanted: number): Uint8Array[] {
  return [...fieldsOf(message)].flatMap(({ number, content }) => (number === wanted && content ? [content] : []));
}

const textIn = (message: Uint8Array, wanted: number): string =>
  decodeText(contents(message, wanted)[0] ?? new Uint8Array(0));
