/** What became of the requests so far. */
export interface PredictionTally {
  readonly answered: number;
  readonly failed: number;
  /** Answers by the model version that gave them, in the order of their first answer. */
  readonly versions: Readonly<Record<string, number>>;
  /** Failures by reason. */
  readonly reasons: Readonly<Record<string, number>>;
}

export const emptyTally: PredictionTally = { answered: 0, failed: 0, versions: {}, reasons: {} };

export type PredictionOutcome = { readonly version: string } | { readonly failure: string };

const counted = (counts: Readonly<Record<string, number>>, key: string) => ({
  ...counts,
  [key]: (counts[key] ?? 0) + 1,
});

export function tally(before: PredictionTally, outcome: PredictionOutcome): PredictionTally {
  if ('failure' in outcome) {
    return { ...before, failed: before.failed + 1, reasons: counted(before.reasons, outcome.failure) };
  }
  return { ...before, answered: before.answered + 1, versions: counted(before.versions, outcome.version) };
}
