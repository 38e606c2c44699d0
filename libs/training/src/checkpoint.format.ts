import { createHash } from 'node:crypto';
import { featureDifferences, parameterLayout, type ModelConfig } from '@perennial/tabular-models';
import { TrainingError } from './training.error';
import type { NamedParameter, TrainingConfig } from './training.request';

// Little-endian: 8 bytes "PRNLCKPT" · uint32 version · uint32 header length · header (JSON, UTF-8) ·
// parameters and each slot of the optimiser as float32 × size · SHA-256 of everything before it.
const MAGIC = new TextEncoder().encode('PRNLCKPT');
const VERSION = 2;
const PREFIX = MAGIC.length + 8;
const DIGEST = 32;

export interface OptimizerState {
  /** By name, flat like the parameters. */
  readonly slots: ReadonlyMap<string, Float32Array>;
  /** Steps taken. */
  readonly step: number;
}

export interface Checkpoint {
  readonly model: ModelConfig;
  readonly training: TrainingConfig;
  readonly parameters: Float32Array;
  readonly optimizer: OptimizerState;
}

export function namedParameters(model: ModelConfig): NamedParameter[] {
  return parameterLayout(model).parameters.map(({ name, shape, offset, size }) => ({ name, shape, offset, size }));
}

export function encodeCheckpoint({ model, training, parameters, optimizer }: Checkpoint): Uint8Array {
  const layout = namedParameters(model);
  const header = new TextEncoder().encode(
    JSON.stringify({
      ...{ model, training, layout, size: parameters.length, step: optimizer.step },
      slots: [...optimizer.slots.keys()],
    }),
  );
  const vectors = [parameters, ...optimizer.slots.values()];
  const bytes = new Uint8Array(PREFIX + header.length + vectors.length * 4 * parameters.length + DIGEST);
  bytes.set(MAGIC);
  const view = new DataView(bytes.buffer);
  view.setUint32(MAGIC.length, VERSION, true);
  view.setUint32(MAGIC.length + 4, header.length, true);
  bytes.set(header, PREFIX);
  vectors.forEach((vector, index) => {
    const raw = new Uint8Array(vector.buffer, vector.byteOffset, vector.byteLength);
    bytes.set(raw, PREFIX + header.length + index * 4 * parameters.length);
  });
  bytes.set(sha256(bytes.subarray(0, -DIGEST)), bytes.length - DIGEST);
  return bytes;
}

/** Throws TrainingError `training.invalid-checkpoint` on anything but an intact checkpoint of this version. */
export function decodeCheckpoint(source: Uint8Array): Checkpoint {
  // A Buffer's slice would share memory instead of copying, so it is seen as a plain Uint8Array.
  const bytes = new Uint8Array(source.buffer, source.byteOffset, source.byteLength);
  const invalid = (reason: string): never => {
    throw new TrainingError('training.invalid-checkpoint', `the checkpoint cannot be read: ${reason}`, { reason });
  };
  if (bytes.length < PREFIX + DIGEST || MAGIC.some((byte, index) => bytes[index] !== byte)) {
    return invalid('it does not begin with PRNLCKPT');
  }
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const version = view.getUint32(MAGIC.length, true);
  if (version !== VERSION) return invalid(`its version is ${version}, this code reads ${VERSION}`);
  const digest = sha256(bytes.subarray(0, -DIGEST));
  if (digest.some((byte, index) => bytes[bytes.length - DIGEST + index] !== byte))
    return invalid('its digest is wrong');
  const headerLength = view.getUint32(MAGIC.length + 4, true);
  const header = JSON.parse(new TextDecoder().decode(bytes.subarray(PREFIX, PREFIX + headerLength)));
  const { model, training, size, step, slots: names } = header;
  if (parameterLayout(model).size !== size) return invalid('its parameters do not fit its model');
  const vector = (index: number) => {
    const start = PREFIX + headerLength + index * 4 * size;
    return new Float32Array(bytes.slice(start, start + 4 * size).buffer);
  };
  const slots = new Map((names as string[]).map((name, index) => [name, vector(index + 1)]));
  return { model, training, parameters: vector(0), optimizer: { slots, step } };
}

/**
 * The checkpoint's parameters, if they mean the same thing in `model`: equal sizes, features in equal order and equal
 * vocabularies. Dropout may differ. Throws TrainingError `training.checkpoint-mismatch` listing every difference.
 */
export function parametersFor(model: ModelConfig, { model: trained, parameters }: Checkpoint): Float32Array {
  const problems = [...differentSizes(sizesOf(trained), sizesOf(model)), ...featureDifferences(trained, model)];
  if (problems.length === 0) return parameters;
  const message = `the checkpoint was trained for another model: ${problems.join('; ')}`;
  throw new TrainingError('training.checkpoint-mismatch', message, { problems });
}

/** All but the features and what only training asks for. */
function sizesOf({ categorical: _categorical, numeric: _numeric, ...sizes }: ModelConfig): Map<string, string> {
  const meaning = Object.entries(sizes).filter(([field]) => !/dropout$/i.test(field));
  return new Map(meaning.map(([field, value]) => [field, JSON.stringify(value)]));
}

function differentSizes(then: ReadonlyMap<string, string>, now: ReadonlyMap<string, string>): string[] {
  return [...new Set([...then.keys(), ...now.keys()])]
    .filter((field) => then.get(field) !== now.get(field))
    .map((field) => `${field} is ${then.get(field) ?? 'absent'} in the checkpoint, ${now.get(field) ?? 'absent'} now`);
}

const sha256 = (bytes: Uint8Array): Uint8Array => createHash('sha256').update(bytes).digest();
