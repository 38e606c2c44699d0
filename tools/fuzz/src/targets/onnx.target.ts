import { readMetadata } from '@perennial/model-runtime';
import { type FuzzTarget, requireEqual } from '../fuzz.target';

const varint = (value: number): number[] =>
  value < 128 ? [value] : [(value % 128) | 128, ...varint(Math.floor(value / 128))];

const field = (number: number, content: Uint8Array): Buffer =>
  Buffer.concat([Buffer.from([...varint(number * 8 + 2), ...varint(content.byteLength)]), content]);

/** The part of an ONNX file that is read by hand: metadata_props, beside fields of every wire type. */
const fileWith = (metadata: Record<string, string>): Uint8Array =>
  Buffer.concat([
    Buffer.from([0x08, 0x08, 0x11, 1, 2, 3, 4, 5, 6, 7, 8, 0x1d, 1, 2, 3, 4]),
    ...Object.entries(metadata).map(([key, value]) =>
      field(14, Buffer.concat([field(1, Buffer.from(key)), field(2, Buffer.from(value))])),
    ),
    field(7, Buffer.from('graph')),
  ]);

export const onnxTarget: FuzzTarget = {
  name: 'onnx',
  tokens: ['r', '\n', '\u0012', '__proto__', '\u00ff\u00ff\u00ff\u00ff\u007f', 'perennial.signature'],
  seeds: async () => [
    fileWith({ 'perennial.signature': '{"inputs":[{"name":"a","type":"float32"}]}', 'perennial.pipeline': 'p' }),
    fileWith({ ['__proto__']: 'x', '': '' }),
    fileWith({}),
  ],
  check: async (input) => {
    let metadata: Record<string, string>;
    try {
      metadata = readMetadata(input);
    } catch (error) {
      // The reader's callers wrap what it throws: by the kind, so that a slip of the code still shows.
      if (error instanceof Error && !(error instanceof TypeError || error instanceof RangeError)) return 'refused';
      throw error;
    }
    requireEqual(metadata, readMetadata(fileWith(metadata)));
    return 'accepted';
  },
};
