import { TrainingError } from '@perennial/training';
import type { FittedEstimator } from './fitted.estimator';

// Little-endian: uint32 length of the header · header (JSON, UTF-8: version, lengths, what is no bytes) ·
// P(positive) of the validation rows as float32 · checkpoint.
const VERSION = 1;

/**
 * To be decoded elsewhere: trials of one search are trained on one machine and joined on another. `origin` says whose it
 * is: bytes of different origins differ, however equal the models.
 */
export function encodeEstimator({
  checkpoint,
  validationProbabilities,
  ...rest
}: FittedEstimator & { readonly origin?: string }): Uint8Array {
  const lengths = { checkpoint: checkpoint.length, validationProbabilities: validationProbabilities.byteLength };
  const header = new TextEncoder().encode(JSON.stringify({ version: VERSION, lengths, ...rest }));
  const length = new Uint8Array(Uint32Array.of(header.length).buffer);
  const { buffer, byteOffset, byteLength } = validationProbabilities;
  return Buffer.concat([length, header, new Uint8Array(buffer, byteOffset, byteLength), checkpoint]);
}

/** Throws TrainingError `training.invalid-checkpoint` on anything but what encodeEstimator gives. */
export function decodeEstimator(source: Uint8Array): FittedEstimator {
  // A copy, so that numbers lie where typed arrays want them.
  const bytes = Uint8Array.from(source);
  const start = bytes.length < 4 ? 0 : 4 + new DataView(bytes.buffer).getUint32(0, true);
  const { version, lengths, origin: _origin, ...rest } = headerOf(bytes.subarray(4, start));
  const probabilities = bytes.slice(start, start + Number(lengths?.validationProbabilities));
  const checkpoint = bytes.slice(start + probabilities.length);
  if (version !== VERSION) return refuse(`its version is ${version}, this code reads ${VERSION}`);
  if (probabilities.length % 4 !== 0 || checkpoint.length !== lengths?.checkpoint) return refuse('it is cut');
  return { ...rest, checkpoint, validationProbabilities: new Float32Array(probabilities.buffer) };
}

type Header = Omit<FittedEstimator, 'checkpoint' | 'validationProbabilities'> & {
  version: number;
  origin?: string;
  lengths?: { checkpoint: number; validationProbabilities: number };
};

function headerOf(bytes: Uint8Array): Header {
  try {
    return JSON.parse(new TextDecoder().decode(bytes)) as Header;
  } catch {
    return refuse('its header is no JSON');
  }
}

function refuse(reason: string): never {
  throw new TrainingError('training.invalid-checkpoint', `the encoded model cannot be read: ${reason}`, { reason });
}
