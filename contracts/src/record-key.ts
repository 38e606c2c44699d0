const KEYS = 4;

/**
 * The Kafka key under which a record of this id is pushed: a dataset's records are spread over so many keys that its
 * load reaches several partitions, and those of one id have one key, so that the first of them stays the first.
 * Ids that are neither text nor number share a key.
 */
export function recordKey(dataset: string, id: unknown): string {
  const known = typeof id === 'string' || typeof id === 'number';
  return `${dataset}/${known ? fnv1a(String(id)) % KEYS : 0}`;
}

/** FNV-1a, 32 bits, over code points instead of bytes. */
function fnv1a(text: string): number {
  let hash = 0x811c9dc5;
  for (const character of text) hash = Math.imul(hash ^ (character.codePointAt(0) as number), 0x01000193);
  return hash >>> 0;
}
