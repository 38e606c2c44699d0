import type { Model } from 'mongoose';

/** Collections must exist before a transaction writes to them. */
export async function createCollections(models: readonly unknown[]): Promise<void> {
  for (const model of models as readonly Model<unknown>[]) {
    await model.createCollection();
    await model.createIndexes();
  }
}
