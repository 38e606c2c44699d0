import { Partitioners } from 'kafkajs';

/** kafkajs's own choice for a key, which is that of the Java clients; a record without a key goes anywhere. */
export function partitionOf(key: Buffer | string | null, count: number, random: () => number): number {
  if (key === null) return Math.floor(random() * count);
  const partitionMetadata = Array.from({ length: count }, (_, partitionId) => ({ partitionId, leader: 0 }));
  return byKey({ topic: '', partitionMetadata: partitionMetadata as never, message: { key, value: null } });
}

const byKey = Partitioners.DefaultPartitioner();
