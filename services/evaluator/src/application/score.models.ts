import type { Metrics, ModelReference } from '@perennial/contracts';
import { codeOf } from '@perennial/messaging';
import type { BatchFacts } from '../domain/batch.window';
import { bootstrapSeed } from '../domain/bootstrap.seed';
import type { CyclePolicy } from '../domain/cycle.policy';
import { decisionThreshold } from '../domain/gate.verdict';

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

/** What models are compared on: models of one subject see the same rows and the same resamples. */
export interface Comparison {
  subject: string;
  batch: BatchFacts;
  policy: CyclePolicy;
}

/** Scores a model on the holdout rows of a batch. */
export class ScoreModels {
  constructor(
    private readonly scoring: HoldoutScoring,
    private readonly evaluation: MetricsEvaluation,
    private readonly options: JudgeOptions,
  ) {}

  async score(model: ModelReference, { subject, batch, policy }: Comparison, signal: AbortSignal) {
    const scored = await this.scoring.score(model, { batch, share: policy.holdoutShare }, signal);
    const options = {
      threshold: decisionThreshold(policy, model.decisionThreshold),
      averaging: policy.gate.averaging,
      seed: bootstrapSeed(subject),
      resamples: this.options.resamples,
    };
    const metrics = await this.evaluation.evaluate(scored, options, signal);
    return { holdoutRows: scored.labels.length, metrics };
  }

  /** A store or service that is away is waited for; an error that does not say is given a few tries. */
  mayPass(error: unknown, tries: number): boolean {
    const { retryable } = (error ?? {}) as { retryable?: unknown };
    return typeof retryable === 'boolean' ? retryable : tries < this.options.maxTries;
  }
}

export const reasonOf = (error: unknown): string =>
  `judgement failed: ${codeOf(error)}: ${error instanceof Error ? error.message : String(error)}`;
