import type { PredictionTally } from './prediction.tally';

/** What the predictor process tells the demo, a few times a second, and once more at the end. */
export type PredictorReport = PredictionTally & { readonly finished: boolean };
