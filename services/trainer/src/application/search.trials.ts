import type { FileReference } from '@perennial/contracts';
import { codeOf, isRetryable } from '@perennial/messaging';
import type { SearchDeclaration } from '@perennial/pipeline';
import type { Trial } from '@perennial/search';
import { candidates, isGivenUp, type RunSearch, type RunSearchCommand, underWay } from '../domain/run.search';
import type { RunCommand } from '../domain/run.decider';
import { RunError } from '../domain/run.error';
import { scoreOf, trialPlan } from '../domain/search.plan';
import type { TrainingRun } from '../domain/training.run';
import type { ClaimedRun } from './claim.run';
import type { Estimators, FileStore, TrainingMetrics, TrialResult } from './ports';
import type { ProgressFeed } from './progress.feed';
import type { RunInputs } from './run.inputs';

/** Applies a command to the run and gives the run after it; throws StaleClaimError where the claim is overtaken. */
export type WriteRun = (command: (at: Date) => RunCommand) => Promise<TrainingRun>;

export interface SearchNeeds {
  files: FileStore;
  estimators: Estimators;
  progress: ProgressFeed;
  metrics: TrainingMetrics;
}

export interface SearchWinner {
  /** What it trained. */
  searched: ReturnType<typeof trialPlan>;
  result: TrialResult;
  trials: number;
  /** Of all trainings together. */
  seconds: number;
}

type TrialOutcome = { file?: FileReference } & (
  { type: 'score'; score: number; seconds: number } | { type: 'fail'; code: string; message: string }
);

const BUCKET = 'artifacts';
/** Of the time until the run's deadline, after which no trial begins. */
const SHARE_OF_TIME = 0.8;

/**
 * Runs the trials that the run's search asks for, as many at once as it allows, until it ends. Whatever happened before
 * is in the run: a search that was cut off goes on, and the trials that were under way begin anew.
 */
export class SearchTrials {
  private latest!: RunSearch;

  /** One change of the run at a time: the next one is decided on what came of the last. */
  private told: Promise<unknown> = Promise.resolve();

  constructor(
    private readonly needs: SearchNeeds,
    private readonly claimed: ClaimedRun,
    private readonly inputs: RunInputs,
    private readonly write: WriteRun,
  ) {}

  async run(declaration: SearchDeclaration, signal: AbortSignal): Promise<SearchWinner> {
    const { plan } = this.inputs;
    let search = this.claimed.run.search ?? (await this.start(declaration, plan.training.seed));
    const abort = new AbortController();
    const either = AbortSignal.any([signal, abort.signal]);
    const active = new Map<number, Promise<number>>();
    try {
      while (search.search.ended === null) {
        for (const trial of underWay(search).filter(({ number }) => !active.has(number))) {
          active.set(trial.number, this.trial(search, trial, either));
        }
        active.delete(await Promise.race(active.values()));
        search = this.latest;
      }
    } finally {
      abort.abort();
      await Promise.allSettled(active.values());
    }
    return this.winner(search);
  }

  /** It ends early enough for its last trials to end before the run must. */
  private start(declared: SearchDeclaration, seed: number): Promise<RunSearch> {
    const { deadline, claimedAt } = this.claimed.run;
    const left = deadline && claimedAt ? (Date.parse(deadline) - Date.parse(claimedAt)) / 1000 : Infinity;
    const budget = { ...declared.budget, seconds: Math.min(declared.budget.seconds, SHARE_OF_TIME * left) };
    return this.tell({ type: 'start', declaration: { ...declared, budget }, seed });
  }

  private tell(command: RunSearchCommand, file?: FileReference): Promise<RunSearch> {
    const next = this.told.then(async () => {
      const { claim } = this.claimed;
      const run = await this.write((at) => ({ type: 'search', at, claim, command, file }));
      return (this.latest = run.search as RunSearch);
    });
    this.told = next.catch(() => undefined);
    return next;
  }

  /** The trial's number when its outcome is written. */
  private async trial(search: RunSearch, trial: Trial, signal: AbortSignal): Promise<number> {
    const place = { trial: trial.number, rung: trial.rung };
    const { file, ...outcome } = await this.outcome(search, trial, signal);
    await this.tell({ ...outcome, ...place }, file);
    return trial.number;
  }

  /** A failure that has to do with the trial is an outcome; one outside is thrown, for the run. */
  private async outcome(search: RunSearch, trial: Trial, signal: AbortSignal): Promise<TrialOutcome> {
    if (isGivenUp(search, trial)) {
      return { type: 'fail', code: 'search.trial-lost', message: 'its trainer was lost each time it was tried' };
    }
    try {
      const result = await this.twice(() => this.train(search, trial, signal), signal);
      const score = scoreOf(search.search.declaration.metric, result.validation);
      return { type: 'score', score, seconds: result.seconds, file: await this.keep(trial, result) };
    } catch (error) {
      if (signal.aborted || (isRetryable(error) && !processDied(error))) throw error;
      return { type: 'fail', code: codeOf(error), message: error instanceof Error ? error.message : String(error) };
    }
  }

  /** Once more where the training process died. */
  private async twice(train: () => Promise<TrialResult>, signal: AbortSignal): Promise<TrialResult> {
    try {
      return await train();
    } catch (error) {
      if (signal.aborted || !processDied(error)) throw error;
      return train();
    }
  }

  private async train(
    { search }: RunSearch,
    { number, rung, configuration }: Trial,
    signal: AbortSignal,
  ): Promise<TrialResult> {
    const { pipeline, fitted, plan, train, validation } = this.inputs;
    const { model, settings, rounds } = trialPlan(pipeline, configuration, search.rungs[rung] as number);
    const { estimators, progress, metrics } = this.needs;
    const training = { ...settings, seed: plan.training.seed, ...rounds };
    const { trials } = search.declaration.budget;
    const result = await estimators.train(
      { model: estimators.model(fitted, model), training, pretraining: null, train, validation },
      { signal, onProgress: (report) => progress.report(this.claimed, number, trials, report) },
    );
    metrics.trained('search', result.seconds, result.rowsPerSecond);
    return result;
  }

  private keep({ number, rung }: Trial, result: TrialResult): Promise<FileReference> {
    const name = `${this.claimed.run.runId}/trial-${number}.${rung}`;
    const mediaType = 'application/octet-stream';
    return this.needs.files.put(BUCKET, this.needs.estimators.encode(result), { mediaType, name });
  }

  private async winner(search: RunSearch): Promise<SearchWinner> {
    const { trials } = search.search;
    const [best] = candidates(search);
    if (!best) {
      const causes = [...new Set(trials.flatMap(({ failure }) => (failure ? [failure.message] : [])))];
      const message = `none of ${trials.length} trials succeeded: ${causes.slice(0, 3).join('; ')}`;
      throw new RunError('run.search-failed', message, { trials: trials.length, causes });
    }
    const searched = trialPlan(
      this.inputs.pipeline,
      best.trial.configuration,
      search.search.rungs[best.rung] as number,
    );
    const result = this.needs.estimators.decode(await this.needs.files.get(best.file));
    const seconds = trials.reduce((sum, trial) => sum + trial.seconds, 0);
    return { searched, result, trials: trials.length, seconds };
  }
}

const processDied = (error: unknown): boolean => codeOf(error) === 'training.process-failed';
