import type { Strategy } from '@perennial/contracts';
import type { Pipeline } from '@perennial/pipeline';

export interface AttemptPolicy {
  strategy: Strategy;
  /** How many usable days, newest last, may be trained on. */
  days: number | 'all';
}

/** What the pipeline declared when the cycle started; a later change of the file does not reach a running cycle. */
export interface CyclePolicy {
  gate: Pipeline['gate'];
  maxAttempts: number;
  attempts: AttemptPolicy[];
  /** From the request of an attempt to the result of its run. */
  attemptTimeoutMs: number;
  holdoutShare: number;
  validationShare: number;
}

export function policyOf(pipeline: Pipeline): CyclePolicy {
  return {
    gate: pipeline.gate,
    maxAttempts: pipeline.improvement.maxAttempts,
    attempts: pipeline.improvement.attempts.map(({ strategy, window }) => ({
      // A search trains anew; which models, and how many, is the trainer's business.
      strategy: strategy === 'search' ? 'train' : strategy,
      days: window.days,
    })),
    attemptTimeoutMs: pipeline.improvement.attemptTimeoutMinutes * 60_000,
    holdoutShare: pipeline.split.holdout,
    validationShare: pipeline.split.validation,
  };
}

/**
 * What attempt n (from 1) does; the last declared entry repeats. Without a checkpoint to
 * fine-tune from, every attempt trains from the start on every usable day.
 */
export function attemptPolicy(policy: CyclePolicy, n: number, hasBase: boolean): AttemptPolicy {
  const declared = policy.attempts[Math.min(n, policy.attempts.length) - 1];
  if (!declared) throw new RangeError(`no attempt is declared for attempt ${n}`);
  if (declared.strategy === 'train' || hasBase) return declared;
  return { strategy: 'train', days: 'all' };
}
