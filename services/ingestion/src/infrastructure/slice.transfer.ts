import type { BrokerRecord, PartitionSlice } from '@perennial/messaging';

/** Where the parts of each record lie in the bytes, as a flat list: see packSlice. */
export interface PackedSlice {
  bytes: Uint8Array;
  /** Per record: length of the value (-1: none), number of headers, then length of each header's name and value. */
  lengths: Int32Array;
  offsets: string[];
}

/**
 * A slice's values and headers in one buffer that can be handed to a thread. As they are they cannot: each is a view of
 * the whole fetch, of which every message to a thread would copy all.
 */
export function packSlice({ records }: Pick<PartitionSlice, 'records'>): PackedSlice {
  const lengths: number[] = [];
  const parts: Uint8Array[] = [];
  for (const { value, headers } of records) {
    lengths.push(value ? value.length : -1);
    if (value) parts.push(value);
    const entries = Object.entries(headers);
    lengths.push(entries.length);
    for (const [name, content] of entries) {
      const encoded = Buffer.from(name, 'utf8');
      lengths.push(encoded.length, content.length);
      parts.push(encoded, content);
    }
  }
  const bytes = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    bytes.set(part, at);
    at += part.length;
  }
  return { bytes, lengths: Int32Array.from(lengths), offsets: records.map(({ offset }) => offset) };
}

/** The records again, as views of the bytes; what sifting does not read (key, timestamp, place) is left out. */
export function unpackSlice({ bytes, lengths, offsets }: PackedSlice): BrokerRecord[] {
  let at = 0;
  let next = 0;
  const whole = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const taken = (length: number): Buffer => whole.subarray(at, (at += length));
  return offsets.map((offset) => {
    const valueLength = lengths[next++] as number;
    const value = valueLength < 0 ? null : taken(valueLength);
    const headers: [name: string, content: Buffer][] = [];
    for (let left = lengths[next++] as number; left > 0; left--) {
      const name = taken(lengths[next++] as number).toString('utf8');
      headers.push([name, taken(lengths[next++] as number)]);
    }
    return { topic: '', partition: 0, offset, key: null, value, headers: Object.fromEntries(headers), timestamp: 0 };
  });
}
