/** Losses and scores after one epoch, of trees one iteration; null where they were not measured. */
export interface EpochScores {
  epoch: number;
  trainLoss: number;
  validationLogLoss: number | null;
  validationRocAuc: number | null;
  validationF1: number | null;
}

/** One training of a run and how it ended. */
export interface Trial {
  /** From 1. */
  trial: number;
  epochs: number;
  learningRate: number;
  /** On the validation rows, of the epoch whose parameters were kept; F1 at the tuned threshold. */
  f1: number | null;
  logLoss: number | null;
  decisionThreshold: number;
  seconds: number;
  rowsPerSecond: number;
  history: EpochScores[];
}

type Scores = Pick<Trial, 'f1' | 'logLoss'>;

/** Records of a history that are kept: an event is small, and trees may have thousands of iterations. */
const MAX_RECORDS = 100;

/** The scores alone, evenly spaced where there are many; the kept epoch and the last are always among them. */
export function recordedHistory(history: readonly EpochScores[], kept: number): EpochScores[] {
  const step = Math.ceil(history.length / MAX_RECORDS);
  return history
    .filter((record, index) => index % step === 0 || record.epoch === kept || index === history.length - 1)
    .map(({ epoch, trainLoss, validationLogLoss, validationRocAuc, validationF1 }) => ({
      epoch,
      trainLoss,
      validationLogLoss,
      validationRocAuc,
      validationF1,
    }));
}

/** Higher validation F1, then lower log loss; what is undefined loses, and the earlier trial wins a tie. */
export function isBetter(challenger: Scores, best: Scores): boolean {
  const f1 = (challenger.f1 ?? -1) - (best.f1 ?? -1);
  if (f1 !== 0) return f1 > 0;
  return (challenger.logLoss ?? Infinity) < (best.logLoss ?? Infinity);
}
