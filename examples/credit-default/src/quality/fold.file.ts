import { writeFileSync } from 'node:fs';
import type { FittedPreprocessing } from '@perennial/preprocessing-steps';
import type { EncodedRows } from '@perennial/training';
import type { Fold } from '../rehearsal/fold';

export type EncodedFold = Readonly<Record<keyof Fold, EncodedRows>>;

/** The rows of a fold for the peers, encoded as our models read them, so that only the models differ. */
export function writeFold(file: string, fold: EncodedFold, { categorical, numeric }: FittedPreprocessing): void {
  const part = ({ rows, categorical: codes, numeric: numbers, labels }: EncodedRows) => ({
    rows,
    categorical: Array.from(codes),
    numeric: Array.from(numbers),
    labels: Array.from(labels),
  });
  writeFileSync(
    file,
    JSON.stringify({
      // Code 0 is a category that was not seen.
      cardinalities: categorical.map(({ vocabulary }) => vocabulary.length + 1),
      numeric: numeric.length,
      ...{ train: part(fold.train), validation: part(fold.validation), test: part(fold.test) },
    }),
  );
}
