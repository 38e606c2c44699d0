import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Deployable } from '../application/ports';
import { onlyArm } from '../domain/rollout.target';

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
  const model = { version, digest: digestOf(bytes) };
  const told = { rolloutId: `rollout-${sequence}`, sequence, source: 'deployer' as const, experimentId: 'e' };
  return { target: { ...told, arms: [onlyArm(model)], shadows: [] }, artifact: async () => bytes };
}

/** Arms by weight in percent, versions of the same name; `v1: 90, v2: 10` gives v1 the first nine tenths. */
export function shared(sequence: number, weights: Record<string, number>, shadows: readonly string[] = []): Deployable {
  let from = 0;
  const bytesOf = (version: string) => Buffer.from(version);
  const arms = Object.entries(weights).map(([version, weight]) => {
    const buckets = [{ from, to: (from += weight * 100) }];
    return { name: version, version, digest: digestOf(bytesOf(version)), weight, buckets };
  });
  const looking = shadows.map((version) => ({ version, digest: digestOf(bytesOf(version)) }));
  const told = { rolloutId: 'rollout', sequence, source: 'deployer' as const, experimentId: 'e' };
  return { target: { ...told, arms, shadows: looking }, artifact: async (version) => bytesOf(version) };
}
