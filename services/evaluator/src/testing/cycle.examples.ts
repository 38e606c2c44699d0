import type { DataOf, FileReference, Metrics, ModelReference, runCompletedV1, runFailedV1 } from '@perennial/contracts';
import type { BatchFacts } from '../domain/batch.window';
import { decide } from '../domain/cycle.decider';
import type { CycleEvent } from '../domain/cycle.events';
import { evolveAll } from '../domain/cycle.evolve';
import type { CycleInput } from '../domain/cycle.inputs';
import type { CyclePolicy } from '../domain/cycle.policy';
import type { Cycle, CycleTerms, Incumbent } from '../domain/cycle.state';

/** Worked examples for the tests. */
export const pipeline = 'credit-default';
export const day = '2026-01-04';
export const cycleId = `${pipeline}/${day}`;

export const file = (fileId: string, bucket = 'artifacts'): FileReference => ({
  store: 'gridfs',
  bucket,
  fileId,
  digest: `sha256:${'0'.repeat(64)}`,
  bytes: 1,
  mediaType: 'application/octet-stream',
});

export const batch = (changes: Partial<BatchFacts> = {}): BatchFacts => {
  const onDay = changes.day ?? day;
  return {
    batchId: `batch-${onDay}`,
    day: onDay,
    correctionOf: null,
    view: pipeline,
    viewVersion: 1,
    metadataId: 'metadata-1',
    rows: 3000,
    labelledRows: 3000,
    quality: { verdict: 'passed', findings: [] },
    raw: file(`raw-${onDay}`, 'raw_data'),
    ...changes,
  };
};

export const usable = ['2026-01-01', '2026-01-02', '2026-01-03', day].map((on) => batch({ day: on }));

export const policy: CyclePolicy = {
  gate: { metric: 'f1', averaging: 'binary', threshold: 0.45, decisionThreshold: 'tuned', minimumRows: 1000 },
  maxAttempts: 3,
  attempts: [
    { strategy: 'fine-tune', days: 1 },
    { strategy: 'fine-tune-search', days: 3 },
    { strategy: 'train', days: 'all' },
  ],
  attemptTimeoutMs: 3_600_000,
  holdoutShare: 0.3,
  validationShare: 0.15,
};

export const model = (changes: Partial<ModelReference> = {}): ModelReference => ({
  version: null,
  runId: 'run-0',
  artifact: file('artifact'),
  checkpoint: file('checkpoint'),
  decisionThreshold: 0.4,
  ...changes,
});

export const incumbent: Incumbent = { version: '20260101_000000', model: model({ version: '20260101_000000' }) };

export const terms = (changes: Partial<CycleTerms> = {}): CycleTerms => ({ policy, incumbent, usable, ...changes });

const interval = (value: number | null) => ({ value, low: value, high: value });

export const metrics = (f1: number | null): Metrics => ({
  f1: interval(f1),
  accuracy: interval(0.8),
  precision: interval(0.5),
  recall: interval(0.5),
  rocAuc: interval(0.7),
  prAuc: interval(0.5),
  logLoss: interval(0.6),
  brier: interval(0.2),
});

export const arrive = (changes: Partial<BatchFacts> = {}): CycleInput => ({
  type: 'arrive',
  pipeline,
  day,
  batch: batch(changes),
});
export const start = (changes: Partial<CycleTerms> = {}): CycleInput => ({ type: 'start', terms: terms(changes) });
export const judged = (attempt: number, f1: number | null, holdoutRows = 900): CycleInput => ({
  type: 'judged',
  role: attempt === 0 ? 'incumbent' : 'candidate',
  attempt,
  holdoutRows,
  metrics: metrics(f1),
});
export const judgementFailed = (attempt: number): CycleInput => ({
  type: 'judgement-failed',
  role: attempt === 0 ? 'incumbent' : 'candidate',
  attempt,
  holdoutRows: 900,
  reason: 'MODEL_INVALID: not an ONNX file',
});

export function completedRun(attempt: number): DataOf<typeof runCompletedV1> {
  return {
    runId: `${pipeline}.${day}.${attempt}`,
    pipeline,
    cycleId,
    attempt,
    strategy: 'fine-tune',
    artifact: file(`artifact-${attempt}`),
    checkpoint: file(`checkpoint-${attempt}`),
    decisionThreshold: 0.5,
    hyperparameters: { epochs: 3, learningRate: 0.0001 },
    validation: { rows: 300, f1: 0.5, logLoss: 0.6 },
    trainRows: 1700,
    seconds: 5,
  };
}
export const completed = (attempt: number): CycleInput => ({ type: 'run-completed', run: completedRun(attempt) });

export const failedRun = (attempt: number): DataOf<typeof runFailedV1> => ({
  runId: `${pipeline}.${day}.${attempt}`,
  pipeline,
  cycleId,
  attempt,
  strategy: 'fine-tune',
  code: 'TRAINING_DIVERGED',
  message: 'loss is not finite',
});
export const failed = (attempt: number): CycleInput => ({ type: 'run-failed', run: failedRun(attempt) });

/** When the inputs come, unless time passes between them. */
export const begun = Date.parse('2026-01-05T00:00:00.000Z');
/** The clock moves on by so many milliseconds, and the cycle is told. */
export interface Later {
  type: 'later';
  ms: number;
}
export const later = (ms = policy.attemptTimeoutMs): Later => ({ type: 'later', ms });

export interface Outcome {
  cycle: Cycle | null;
  /** Of the last input. */
  events: CycleEvent[];
  /** Of all inputs. */
  history: CycleEvent[];
}

/** Feeds inputs one after the other, as the application does. */
export function run(inputs: readonly (CycleInput | Later)[]): Outcome {
  let outcome: Outcome = { cycle: null, events: [], history: [] };
  let now = begun;
  for (const input of inputs) {
    if (input.type === 'later') now += input.ms;
    const events = decide(outcome.cycle, input.type === 'later' ? { type: 'time-passed' } : input, now);
    outcome = { cycle: evolveAll(outcome.cycle, events), events, history: [...outcome.history, ...events] };
  }
  return outcome;
}

export const typesOf = (events: readonly CycleEvent[]): string[] => events.map((event) => event.type);
