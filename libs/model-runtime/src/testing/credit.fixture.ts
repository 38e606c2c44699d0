import { readFileSync } from 'node:fs';
import { join } from 'node:path';

const read = (file: string) => readFileSync(join(__dirname, 'fixtures', file));

/** A small artifact: limit_bal (number), age (integer), approved_on (date), sex and education (string). */
export const creditModel: Uint8Array = read('credit.onnx');

/** What onnxruntime in Python says; see fixtures/make_credit_model.py. */
export const credit = JSON.parse(read('credit.expected.json').toString()) as {
  rows: Record<string, string | number | null>[];
  probabilities: number[];
};

function varint(value: number): number[] {
  return value < 128 ? [value] : [(value % 128) | 128, ...varint(Math.floor(value / 128))];
}

function field(number: number, content: Uint8Array): Buffer {
  return Buffer.concat([Buffer.from([...varint(number * 8 + 2), ...varint(content.byteLength)]), content]);
}

/** Protobuf messages may be concatenated: the model with further metadata, later entries replacing earlier ones. */
export function withMetadata(model: Uint8Array, metadata: Record<string, string>): Uint8Array {
  const entries = Object.entries(metadata).map(([key, value]) =>
    field(14, Buffer.concat([field(1, Buffer.from(key)), field(2, Buffer.from(value))])),
  );
  return Buffer.concat([model, ...entries]);
}
