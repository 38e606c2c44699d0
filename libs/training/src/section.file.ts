import { createHash } from 'node:crypto';
import { TrainingError } from './training.error';

// Little-endian: 8 bytes "PRNLCKPT" · uint32 version · uint32 header length · header (JSON, UTF-8) · the sections' numbers
// (float32), where the header says · SHA-256 of everything before it.
const MAGIC = new TextEncoder().encode('PRNLCKPT');
const VERSION = 4;
const PREFIX = MAGIC.length + 8;
const DIGEST = 32;
const FLOAT = 4;

/** Named vectors, and what else there is to say, as JSON. */
export interface SectionFile {
  readonly header: Readonly<Record<string, unknown>>;
  readonly sections: ReadonlyMap<string, Float32Array>;
}

/** Offset and length in numbers; sections that are one and the same array are written once. */
interface SectionPlace {
  readonly name: string;
  readonly offset: number;
  readonly length: number;
}

export function encodeSections({ header, sections }: SectionFile): Uint8Array {
  const offsets = new Map<Float32Array, number>();
  let size = 0;
  const places = [...sections].map(([name, numbers]): SectionPlace => {
    if (!offsets.has(numbers)) {
      offsets.set(numbers, size);
      size += numbers.length;
    }
    return { name, offset: offsets.get(numbers) as number, length: numbers.length };
  });
  const text = new TextEncoder().encode(JSON.stringify({ ...header, sections: places }));
  const bytes = new Uint8Array(PREFIX + text.length + FLOAT * size + DIGEST);
  const view = new DataView(bytes.buffer);
  bytes.set(MAGIC);
  view.setUint32(MAGIC.length, VERSION, true);
  view.setUint32(MAGIC.length + 4, text.length, true);
  bytes.set(text, PREFIX);
  for (const [numbers, offset] of offsets) {
    const raw = new Uint8Array(numbers.buffer, numbers.byteOffset, numbers.byteLength);
    bytes.set(raw, PREFIX + text.length + FLOAT * offset);
  }
  bytes.set(sha256(bytes.subarray(0, -DIGEST)), bytes.length - DIGEST);
  return bytes;
}

/** Throws TrainingError `training.invalid-checkpoint` on anything but an intact file of this version. */
export function decodeSections(source: Uint8Array): SectionFile {
  // A Buffer's slice would share memory instead of copying, so it is seen as a plain Uint8Array.
  const bytes = new Uint8Array(source.buffer, source.byteOffset, source.byteLength);
  if (bytes.length < PREFIX + DIGEST || MAGIC.some((byte, index) => bytes[index] !== byte)) {
    return invalidCheckpoint('it does not begin with PRNLCKPT');
  }
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const version = view.getUint32(MAGIC.length, true);
  if (version !== VERSION) return invalidCheckpoint(`its version is ${version}, this code reads ${VERSION}`);
  const digest = sha256(bytes.subarray(0, -DIGEST));
  if (digest.some((byte, index) => bytes[bytes.length - DIGEST + index] !== byte))
    return invalidCheckpoint('its digest is wrong');
  const numbers = PREFIX + view.getUint32(MAGIC.length + 4, true);
  const { sections, ...header } = JSON.parse(new TextDecoder().decode(bytes.subarray(PREFIX, numbers)));
  const read = ({ name, offset, length }: SectionPlace) => {
    const start = numbers + FLOAT * offset;
    return [name, new Float32Array(bytes.slice(start, start + FLOAT * length).buffer)] as const;
  };
  return { header, sections: new Map((sections as SectionPlace[]).map(read)) };
}

export function invalidCheckpoint(reason: string): never {
  throw new TrainingError('training.invalid-checkpoint', `the checkpoint cannot be read: ${reason}`, { reason });
}

const sha256 = (bytes: Uint8Array): Uint8Array => createHash('sha256').update(bytes).digest();
