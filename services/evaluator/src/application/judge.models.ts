import type { Metrics, ModelReference } from '@perennial/contracts';
import { codeOf, inWorkSpan, type Clock, type Logger, type Transactor } from '@perennial/messaging';
import type { BatchFacts } from '../domain/batch.window';
import { bootstrapSeed } from '../domain/bootstrap.seed';
import type { CycleInput, JudgementKey } from '../domain/cycle.inputs';
import { lastAttempt, termsOf, type Cycle } from '../domain/cycle.state';
import { decisionThreshold } from '../domain/gate.verdict';
import type { AdvanceCycles } from './advance.cycles';
import type { StoredCycle } from './cycle.stores';

/** Which rows a model is scored on: labelled rows whose split is below `share`, of one batch. */
export interface Holdout {
  batch: BatchFacts;
  share: number;
}

export interface ScoredHoldout {
  /** 1 positive, 0 negative; row by row with the probabilities. */
  labels: Float64Array;
  probabilities: Float64Array;
}

export interface HoldoutScoring {
  score(model: ModelReference, holdout: Holdout, signal: AbortSignal): Promise<ScoredHoldout>;
}

export interface EvaluationOptions {
  threshold: number;
  averaging: 'binary' | 'macro' | 'micro' | 'weighted';
  seed: number;
  resamples: number;
}

export interface MetricsEvaluation {
  evaluate(scored: ScoredHoldout, options: EvaluationOptions, signal: AbortSignal): Promise<Metrics>;
}

export interface JudgeOptions {
  resamples: number;
  /** After so many failures that do not say whether they pass, the model counts as one that cannot be scored. */
  maxTries: number;
}

interface Subject extends JudgementKey {
  model: ModelReference;
}

/** Whom the cycle waits for. */
function subjectOf(cycle: Cycle): Subject | null {
  const { incumbent } = termsOf(cycle);
  if (cycle.status === 'judging' && incumbent) return { role: 'incumbent', attempt: 0, model: incumbent.model };
  if (cycle.status !== 'judging-candidate') return null;
  const { attempt, candidate } = lastAttempt(cycle);
  return candidate && { role: 'candidate', attempt, model: candidate };
}

/** Scores the model a cycle waits for, outside any transaction, and tells the cycle. Doing it twice changes nothing. */
export class JudgeModels {
  constructor(
    private readonly scoring: HoldoutScoring,
    private readonly evaluation: MetricsEvaluation,
    private readonly cycles: AdvanceCycles,
    private readonly transactor: Transactor,
    private readonly clock: Clock,
    private readonly logger: Logger,
    private readonly options: JudgeOptions,
  ) {}

  /** Throws what may pass when tried again; `tries` counts from 1. */
  async run(stored: StoredCycle, tries: number, signal: AbortSignal): Promise<void> {
    const subject = subjectOf(stored.cycle);
    if (!subject) return;
    const attributes = { 'perennial.cycle.id': stored.cycle.cycleId };
    const work = () => this.judgeAndTell(stored, subject, tries, signal);
    await inWorkSpan(`judge ${subject.role}`, stored.trace ?? {}, attributes, work);
  }

  private async judgeAndTell(
    { cycle, correlationId, causationId }: StoredCycle,
    subject: Subject,
    tries: number,
    signal: AbortSignal,
  ): Promise<void> {
    const input = await this.judge(cycle, subject, tries, signal);
    signal.throwIfAborted();
    const origin = { correlationId, causationId: causationId ?? undefined };
    await this.transactor.transact(
      (transaction) =>
        this.cycles.tell(cycle.cycleId, input, { transaction, now: this.clock.now(), correlationId, causationId }),
      origin,
    );
  }

  private async judge(cycle: Cycle, subject: Subject, tries: number, signal: AbortSignal): Promise<CycleInput> {
    const { model, role, attempt } = subject;
    const { policy } = termsOf(cycle);
    const fields = { cycleId: cycle.cycleId, role, attempt };
    try {
      const holdout = { batch: cycle.batch, share: policy.holdoutShare };
      const scored = await this.scoring.score(model, holdout, signal);
      const holdoutRows = scored.labels.length;
      const metrics = await this.evaluation.evaluate(scored, this.evaluationOptions(cycle, model), signal);
      this.logger.info({ ...fields, holdoutRows, score: metrics[policy.gate.metric] }, 'model judged');
      return { type: 'judged', role, attempt, holdoutRows, metrics };
    } catch (error) {
      if (signal.aborted || this.mayPass(error, tries)) throw error;
      const reason = `${codeOf(error)}: ${error instanceof Error ? error.message : String(error)}`;
      this.logger.error({ ...fields, err: error }, 'model cannot be judged');
      return { type: 'judgement-failed', role, attempt, holdoutRows: 0, reason: `judgement failed: ${reason}` };
    }
  }

  private evaluationOptions(cycle: Cycle, model: ModelReference): EvaluationOptions {
    const { policy } = termsOf(cycle);
    return {
      threshold: decisionThreshold(policy, model.decisionThreshold),
      averaging: policy.gate.averaging,
      seed: bootstrapSeed(cycle.cycleId),
      resamples: this.options.resamples,
    };
  }

  /** A store or service that is away is waited for; an error that does not say is given a few tries. */
  private mayPass(error: unknown, tries: number): boolean {
    const { retryable } = (error ?? {}) as { retryable?: unknown };
    return typeof retryable === 'boolean' ? retryable : tries < this.options.maxTries;
  }
}
