/** What happens on a day of a pipeline. */
export interface DayPlan {
  readonly outcome: 'kept' | 'promoted' | 'exhausted' | 'skipped';
  /** Attempts until the end; of an exhausted cycle always three. */
  readonly attempts: number;
  /** Whether the first of several attempts ends with a failed run instead of a candidate. */
  readonly failedRun: boolean;
  readonly rows: number;
  readonly refused: number;
  /** Late rows that come as a correction of the day. */
  readonly late: number;
}

export interface PipelinePlan {
  readonly name: string;
  readonly days: readonly DayPlan[];
}

export interface HistoryPlan {
  readonly pipelines: readonly PipelinePlan[];
  /** Every n-th event is delivered twice; 0: none is. */
  readonly repeatEvery: number;
}

const day = (outcome: DayPlan['outcome'], more: Partial<DayPlan> = {}): DayPlan => ({
  outcome,
  attempts: outcome === 'promoted' ? 1 : outcome === 'exhausted' ? 3 : 0,
  failedRun: false,
  rows: 20,
  refused: 2,
  late: 0,
  ...more,
});

/** Holds one of everything: what a mutation of the catalogue needs to find. */
export const fullPlan: HistoryPlan = {
  pipelines: [
    {
      name: 'p',
      days: [
        day('promoted'),
        day('kept'),
        day('promoted', { attempts: 2, failedRun: true, late: 3 }),
        day('exhausted'),
        day('exhausted', { failedRun: true }),
        day('kept'),
        day('skipped'),
      ],
    },
    { name: 'q', days: [day('promoted'), day('exhausted')] },
  ],
  repeatEvery: 5,
};
