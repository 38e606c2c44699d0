import { ConflictError } from '@perennial/messaging';
import type { ClientSession, Model } from 'mongoose';

export interface Revised {
  _id: string;
  revision: number;
}

const DUPLICATE_KEY = 11000;

/** Writes the document as the successor of `revision`, 0 for a new one. Throws ConflictError when it is not the newest. */
export async function writeRevision<D extends Revised>(
  model: Model<D>,
  document: Omit<D, 'revision'>,
  revision: number,
  session: ClientSession,
): Promise<void> {
  const id = String(document._id);
  const next = { ...document, revision: revision + 1 } as unknown as D;
  const conflict = (cause?: unknown) =>
    new ConflictError(`${model.collection.name}: ${id} was changed meanwhile`, { details: { id, revision }, cause });
  if (revision === 0) {
    await model.create([next as never], { session }).catch((error: unknown) => {
      throw (error as { code?: unknown }).code === DUPLICATE_KEY ? conflict(error) : error;
    });
    return;
  }
  const { matchedCount } = await model.replaceOne({ _id: id, revision } as never, next as never, { session });
  if (matchedCount === 0) throw conflict();
}
