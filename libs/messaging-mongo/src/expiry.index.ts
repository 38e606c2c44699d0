import type { Connection, mongo } from 'mongoose';

export interface Expiry {
  /** Holds a Date; documents without it are kept. */
  field: string;
  seconds: number;
}

const OPTIONS_CONFLICT = [85, 86];

/** The database deletes documents so long after their field's time. Another time declared before is replaced. */
export async function ensureExpiry(connection: Connection, name: string, { field, seconds }: Expiry): Promise<void> {
  const collection = connection.collection(name) as unknown as mongo.Collection;
  const options = { expireAfterSeconds: seconds };
  const known = (await collection.indexes()).find(({ key }) => isOn(key, field));
  if (known?.expireAfterSeconds === seconds) return;
  if (known?.name !== undefined) await collection.dropIndex(known.name);
  try {
    await collection.createIndex({ [field]: 1 }, options);
  } catch (error) {
    // Another replica, with another setting, was first: the next start decides.
    if (!OPTIONS_CONFLICT.includes((error as { code?: number }).code ?? 0)) throw error;
  }
}

/** In either direction, on that field alone. */
const isOn = (key: object, field: string): boolean => {
  const names = Object.keys(key);
  return names.length === 1 && names[0] === field;
};
