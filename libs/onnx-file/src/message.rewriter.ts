import { type Field, fieldsOf } from './protobuf.reader';
import { concatenate } from './protobuf.writer';

/** The message with each of its fields as `change` says; undefined keeps one, null drops it. */
export function rewritten(message: Uint8Array, change: (field: Field) => Uint8Array | null | undefined): Uint8Array {
  const parts: Uint8Array[] = [];
  for (const field of fieldsOf(message)) {
    const changed = change(field);
    if (changed !== null) parts.push(changed ?? field.raw);
  }
  return concatenate(parts);
}
