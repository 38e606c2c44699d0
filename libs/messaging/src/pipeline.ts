import { trace, type Tracer } from '@opentelemetry/api';
import { compose, type Handle } from './handler';
import { type MessagingMetrics, noMetrics } from './metrics';
import { deadLetter } from './middleware/dead-letter';
import { decode, type Subscription } from './middleware/decode';
import { idempotency } from './middleware/idempotency';
import { invokeHandler } from './middleware/invoke-handler';
import { defaultRetryPolicy, retry, type RetryPolicy } from './middleware/retry';
import { telemetry } from './middleware/telemetry';
import { timeout } from './middleware/timeout';
import type { DeadLetters, Sleep, UnitOfWork } from './ports';
import { sleep } from './sleep';
import type { Stamp } from './stamp';

export interface PipelineOptions extends Stamp {
  unitOfWork: UnitOfWork;
  deadLetters: DeadLetters;
  /** All types of the contracts, subscribed here or not. */
  knownTypes: { has(type: string): boolean };
  /** In [0, 1). */
  random: () => number;
  /** Milliseconds per try; 30,000 unless given. */
  timeoutMs?: number;
  retry?: RetryPolicy;
  sleep?: Sleep;
  metrics?: MessagingMetrics;
  tracer?: Tracer;
}

export function createPipeline(subscriptions: ReadonlyMap<string, Subscription>, options: PipelineOptions): Handle {
  const { clock, metrics = noMetrics, tracer = trace.getTracer('@perennial/messaging') } = options;
  return compose(
    [
      // Outermost: whatever fails inside, decoding included, is kept with its reason and consumption goes on.
      deadLetter(options.deadLetters, clock, metrics),
      // Outside decode and retry: one span and one duration per record, malformed ones and all tries included.
      telemetry(tracer, metrics, () => clock.now().getTime() / 1000),
      // Outside retry: a record that cannot be read today cannot be read tomorrow.
      decode(subscriptions, options.knownTypes),
      // Outside timeout: each try has its own time, and waiting between tries does not use it up.
      retry(options.retry ?? defaultRetryPolicy, options.sleep ?? sleep, options.random, metrics),
      // Outside idempotency: the time limit covers begin and commit of the transaction.
      timeout(options.timeoutMs ?? 30_000),
      // Innermost: each try is one transaction of its own; a failed one leaves neither mark nor events.
      idempotency(options.unitOfWork, options, metrics),
    ],
    invokeHandler(clock),
  );
}
