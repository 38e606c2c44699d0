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
  trial: Trial;
  plan: ReturnType<typeof trialPlan>;
  result: TrialResult;
  trials: number;
  /** Of all trainings together. */
  seconds: number;
}

const BUCKET = 'artifacts';

/**
 * Runs the trials that the run's search asks for, as many at once as it allows, until it ends. Whatever happened before
 * is in the run: a search that was cut off goes on, and the trials that were under way begin anew.
 */
export class SearchTrials {
  constructor(
    private readonly needs: SearchNeeds,
    private readonly claimed: ClaimedRun,
    private readonly inputs: RunInputs,
    private readonly write: WriteRun,
  ) {}

  async run(declaration: SearchDeclaration, signal: AbortSignal): Promise<SearchWinner> {
    const { plan } = this.inputs;
    let search = this.claimed.run.search;
    if (!search) search = await this.tell({ type: 'start', declaration, seed: plan.training.seed });
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

  private latest!: RunSearch;

  /** One change of the run at a time: the next one is decided on what came of the last. */
  private told: Promise<unknown> = Promise.resolve();

  private tell(command: RunSearchCommand, file?: Parameters<FileStore['get']>[0]): Promise<RunSearch> {
    const next = this.told.then(async () => {
      const { claim } = this.claimed;
      const run = await this.write((at) => ({ type: 'search', at, claim, command, file }));
      return (this.latest = run.search as RunSearch);
    });
    this.told = next.catch(() => undefined);
    return next;
  }

  /** The trial's number when its outcome is written. */
  private async trial(search: RunSearch, { number, rung, configuration }: Trial, signal: AbortSignal): Promise<number> {
    const place = { trial: number, rung };
    if (isGivenUp(search, { number, rung } as Trial)) {
      const message = 'its trainer was lost each time it was tried';
      await this.tell({ type: 'fail', ...place, code: 'search.trial-lost', message });
      return number;
    }
    try {
      const result = await this.twice(() => this.train(search, place, configuration, signal));
      const file = await this.keep(place, result);
      const score = scoreOf(search.search.declaration.metric, result.validation);
      await this.tell({ type: 'score', ...place, score, seconds: result.seconds }, file);
    } catch (error) {
      // A failure that has to do with the trial is a result; one outside is the run's.
      if (signal.aborted || isRetryable(error) !== diedAlone(error)) throw error;
      const message = error instanceof Error ? error.message : String(error);
      await this.tell({ type: 'fail', ...place, code: codeOf(error), message });
    }
    return number;
  }

  /** Once more where the training process died. */
  private async twice(train: () => Promise<TrialResult>): Promise<TrialResult> {
    try {
      return await train();
    } catch (error) {
      if (!diedAlone(error)) throw error;
      return train();
    }
  }

  private async train(
    { search }: RunSearch,
    { trial, rung }: { trial: number; rung: number },
    configuration: Trial['configuration'],
    signal: AbortSignal,
  ): Promise<TrialResult> {
    const { pipeline, fitted, plan, train, validation } = this.inputs;
    const { model, settings, rounds } = trialPlan(pipeline, configuration, search.rungs[rung] as number);
    const { estimators, progress, metrics } = this.needs;
    const training = { ...settings, seed: plan.training.seed, ...rounds };
    const { trials } = search.declaration.budget;
    const result = await estimators.train(
      { model: estimators.model(fitted, model), training, train, validation },
      { signal, onProgress: (report) => progress.report(this.claimed, trial, trials, report) },
    );
    metrics.trained('search', result.seconds, result.rowsPerSecond);
    return result;
  }

  private keep({ trial, rung }: { trial: number; rung: number }, result: TrialResult) {
    const name = `${this.claimed.run.runId}/trial-${trial}.${rung}`;
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
    const plan = trialPlan(this.inputs.pipeline, best.trial.configuration, search.search.rungs[best.rung] as number);
    const result = this.needs.estimators.decode(await this.needs.files.get(best.file));
    const seconds = trials.reduce((sum, trial) => sum + trial.seconds, 0);
    return { trial: best.trial, plan, result, trials: trials.length, seconds };
  }
}

const diedAlone = (error: unknown): boolean => codeOf(error) === 'training.process-failed';
