import { createHash } from 'node:crypto';
import { type Sample, sampleOf } from './sample';

/** Shares of a day, as an attempt was given them. */
export interface Shares {
  readonly holdoutShare: number;
  readonly validationShare: number;
}

/** Labelled rows by what they may be used for: holdout to judge, validation and train to improve. */
export interface PartCounts extends Shares {
  readonly holdout: number;
  readonly validation: number;
  readonly train: number;
}

/** How the rows of a prepared batch are split. */
export interface BatchSplit {
  readonly dataset: string;
  readonly batchId: string;
  readonly rows: number;
  /** Rows whose split is not what their record id gives. */
  readonly misplaced: Sample;
  /** One entry for each pair of shares that the batch was used with. */
  readonly parts: readonly PartCounts[];
}

export interface SplitRow {
  readonly recordId: string;
  readonly labelled: boolean;
  readonly split: number;
}

/** In [0, 1): the first 52 bits of the SHA-256 of dataset/recordId. Written anew: the checker shares no code with it. */
export function splitOf(dataset: string, recordId: string): number {
  const digest = createHash('sha256').update(`${dataset}/${recordId}`).digest();
  return (digest.readUInt32BE(0) * 2 ** 20 + (digest.readUInt32BE(4) >>> 12)) / 2 ** 52;
}

/** Rows are looked at once, so that they may be read from a file. */
export function splitBatch(
  batch: Pick<BatchSplit, 'dataset' | 'batchId'>,
  rows: Iterable<SplitRow>,
  shares: readonly Shares[],
): BatchSplit {
  const parts = shares.map((each) => ({ ...each, holdout: 0, validation: 0, train: 0 }));
  const misplaced: string[] = [];
  let count = 0;
  for (const { recordId, labelled, split } of rows) {
    count += 1;
    if (split !== splitOf(batch.dataset, recordId)) misplaced.push(recordId);
    for (const part of labelled ? parts : []) {
      if (split < part.holdoutShare) part.holdout += 1;
      else if (split < part.holdoutShare + part.validationShare) part.validation += 1;
      else part.train += 1;
    }
  }
  return { ...batch, rows: count, misplaced: sampleOf(misplaced), parts };
}
