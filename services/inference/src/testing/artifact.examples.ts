import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Deployable } from '../application/ports';

const fixtures = join(__dirname, '../../../../libs/model-runtime/src/testing/fixtures');

/** A real artifact: limit_bal (number), age (integer), approved_on (date), sex and education (string). */
export const creditModel: Uint8Array = readFileSync(join(fixtures, 'credit.onnx'));

/** What onnxruntime in Python says; see make_credit_model.py beside it. */
export const credit = JSON.parse(readFileSync(join(fixtures, 'credit.expected.json'), 'utf8')) as {
  rows: Record<string, string | number | null>[];
  probabilities: number[];
};

const field = (number: number, content: Uint8Array): Buffer =>
  Buffer.concat([Buffer.from([number * 8 + 2, content.byteLength]), content]);

/**
 * The same graph under another decision threshold. Protobuf messages may be concatenated: the entry of metadata_props
 * (field 14: key 1, value 2) that comes last counts.
 */
export function withThreshold(model: Uint8Array, threshold: number): Uint8Array {
  const key = field(1, Buffer.from('perennial.decision_threshold'));
  const entry = Buffer.concat([key, field(2, Buffer.from(String(threshold)))]);
  return Buffer.concat([model, field(14, entry)]);
}

export const digestOf = (bytes: Uint8Array): string => `sha256:${createHash('sha256').update(bytes).digest('hex')}`;

export function deployable(sequence: number, bytes: Uint8Array, version = `v${sequence}`): Deployable {
  const target = { rolloutId: `rollout-${sequence}`, sequence, version, digest: digestOf(bytes) };
  return { target: { ...target, source: 'deployer' }, artifact: async () => bytes };
}
