import { InferenceSession, Tensor } from 'onnxruntime-node';
import fc from 'fast-check';
import { externalFiles, inlineExternalData } from './external.data';
import { rewritten } from './message.rewriter';
import { metadataEntry } from './node.writer';
import { GRAPH, MODEL, TENSOR } from './onnx.fields';
import { fieldsOf } from './protobuf.reader';
import { concatenate, content, integer } from './protobuf.writer';
import { submittedFile } from './testing/submitted.files';

const model = submittedFile('torch');

/** Fields of StringStringEntryProto are those of a metadata entry: key 1, value 2. */
const external = (entries: Record<string, string>): Uint8Array[] =>
  Object.entries(entries).map((entry) => {
    const [field] = fieldsOf(metadataEntry(entry));
    return content(TENSOR.externalData, field?.content as Uint8Array);
  });

/** The model with the raw data of its tensors in another file, as onnx.save_model(save_as_external_data=True) writes it. */
function apart(
  bytes: Uint8Array,
  location: string,
  change: (entries: Record<string, string>) => object = (same) => same,
) {
  const parts: Uint8Array[] = [];
  let offset = 0;
  const outside = (tensor: Uint8Array): Uint8Array => {
    const raw = [...fieldsOf(tensor)].find(({ number }) => number === TENSOR.rawData)?.content;
    if (!raw) return tensor;
    const entries = { location, offset: String(offset), length: String(raw.byteLength) };
    parts.push(raw);
    offset += raw.byteLength;
    const kept = rewritten(tensor, ({ number }) => (number === TENSOR.rawData ? null : undefined));
    const told = external(change(entries) as Record<string, string>);
    return concatenate([kept, ...told, integer(TENSOR.dataLocation, 1)]);
  };
  const split = rewritten(bytes, ({ number, content: graph }) =>
    number === MODEL.graph && graph
      ? content(
          number,
          rewritten(graph, (field) =>
            field.number === GRAPH.initializer && field.content
              ? content(field.number, outside(field.content))
              : undefined,
          ),
        )
      : undefined,
  );
  return { split, data: concatenate(parts) };
}

async function answers(bytes: Uint8Array): Promise<number[]> {
  const session = await InferenceSession.create(bytes, {
    intraOpNumThreads: 1,
    interOpNumThreads: 1,
    logSeverityLevel: 3,
  });
  const [input] = session.inputNames as [string];
  const rows = Float32Array.from([120, 40, 1, 9_000, 61, 2]);
  const output = await session.run({ [input]: new Tensor('float32', rows, [2, 3]) });
  return [...(Object.values(output)[0]?.data as Float32Array)];
}

/** What a file is refused with. */
function refusal(work: () => unknown): unknown {
  try {
    work();
  } catch (error) {
    return error;
  }
  return null;
}

const problem = (field: string) => ({ code: 'UNSUITABLE_MODEL', details: { problems: [{ field }] } });

describe('tensors in files of their own', () => {
  const { split, data } = apart(model, 'weights/model.data');

  it('are put back, and the model answers as before', async () => {
    expect(data.byteLength).toBeGreaterThan(100);
    expect(externalFiles(split)).toEqual(['weights/model.data']);
    const whole = inlineExternalData(split, new Map([['weights/model.data', data]]), data.byteLength);
    expect(externalFiles(whole)).toEqual([]);
    expect(await answers(whole)).toEqual(await answers(model));
  });

  it('are nothing that a whole file has', () => {
    expect(externalFiles(model)).toEqual([]);
    expect(Buffer.from(inlineExternalData(model, new Map(), 0)).equals(model)).toBe(true);
  });

  it.each(['../weights', '/etc/passwd', 'a/../../b', '', 'a\\b', 'c:d', '.'])('may not lie in %j', (location) => {
    expect(refusal(() => externalFiles(apart(model, location).split))).toMatchObject(problem('external data'));
  });

  it('must be there, whole, and no more than may be', () => {
    const inline = (bytes: Uint8Array, files: [string, Uint8Array][], most = data.byteLength) =>
      inlineExternalData(bytes, new Map(files), most);
    const refused = expect.objectContaining({ code: 'UNSUITABLE_MODEL' });
    expect(() => inline(split, [])).toThrow(refused);
    expect(() => inline(split, [['weights/model.data', data.subarray(1)]])).toThrow(refused);
    expect(() => inline(split, [['weights/model.data', data]], data.byteLength - 1)).toThrow(refused);
    const odd = apart(model, 'd', (entries) => ({ ...entries, offset: '-1' })).split;
    expect(refusal(() => inline(odd, [['d', data]]))).toMatchObject(problem('external data offset'));
  });

  it('of a damaged file never end in anything but a refusal', () => {
    fc.assert(
      fc.property(fc.nat(split.byteLength - 1), fc.nat(255), (at, value) => {
        const damaged = Uint8Array.from(split);
        damaged[at] = value;
        try {
          for (const name of externalFiles(damaged)) {
            inlineExternalData(damaged, new Map([[name, data]]), data.byteLength);
          }
        } catch (error) {
          const { code, constructor } = error as { code?: string; constructor: { name: string } };
          expect([code, constructor.name]).toContainEqual(
            code === undefined ? 'MalformedMessageError' : 'UNSUITABLE_MODEL',
          );
        }
      }),
    );
  });
});
