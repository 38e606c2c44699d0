import { codeOf } from '../errors';
import type { Middleware } from '../handler';
import type { MessagingMetrics } from '../metrics';
import type { Clock, DeadLetters } from '../ports';
import { attemptsOf } from './retry';

/**
 * Keeps a record that cannot be handled, with the reason, and lets consumption go on. Work handed back (shutdown,
 * rebalance) and a failure to keep the dead letter are passed on: the record is delivered again.
 */
export const deadLetter =
  (deadLetters: DeadLetters, clock: Clock, metrics: MessagingMetrics): Middleware =>
  (next) =>
  async (delivery) => {
    try {
      return await next(delivery);
    } catch (error) {
      const { record, group, logger, signal } = delivery;
      const code = codeOf(error);
      if (signal.aborted || code === 'SHUTTING_DOWN') throw error;
      const attempts = attemptsOf(error);
      const message = error instanceof Error ? error.message : String(error);
      await deadLetters.add({ record, group, code, message, attempts, failedAt: clock.now() });
      metrics.deadLettered({ destination: record.topic, group, error: code });
      logger.error({ err: error, code, attempts }, 'Record moved to the dead letters');
      return [];
    }
  };
