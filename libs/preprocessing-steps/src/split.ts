import { createHash } from 'node:crypto';

const TWO_POW_20 = 2 ** 20;
const TWO_POW_52 = 2 ** 52;

/**
 * Where a record falls in [0, 1): the first 52 bits of sha256(`${dataset}/${recordId}`), over 2^52.
 * The same record falls in the same place every day, so what judges never trained.
 */
export function splitOf(dataset: string, recordId: string): number {
  const digest = createHash('sha256').update(`${dataset}/${recordId}`).digest();
  return (digest.readUInt32BE(0) * TWO_POW_20 + (digest.readUInt32BE(4) >>> 12)) / TWO_POW_52;
}

export type SplitPart = 'holdout' | 'validation' | 'train';

/** Holdout comes first, validation next; the rest trains. */
export function splitPartOf(split: number, shares: { holdout: number; validation: number }): SplitPart {
  if (split < shares.holdout) return 'holdout';
  return split < shares.holdout + shares.validation ? 'validation' : 'train';
}
