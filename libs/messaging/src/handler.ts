import type { EventContract } from '@perennial/contracts';
import type { OutgoingEvent } from './emit';
import type { EventEnvelope } from './envelope';
import type { Logger, Transaction } from './ports';
import type { BrokerRecord } from './record';

export interface HandlerContext {
  /** The handler's writes join it: state, inbox mark and outbox commit together. */
  transaction: Transaction;
  /** Aborted on timeout and on shutdown. */
  signal: AbortSignal;
  /** Carries event id, type and correlation id. */
  logger: Logger;
  /** 1 for the first try. */
  attempt: number;
  now(): Date;
}

/** May run more than once per event; everything it writes goes through `context.transaction`. */
export type Handler<T = unknown> = (event: EventEnvelope<T>, context: HandlerContext) => Promise<OutgoingEvent[]>;

/** One record on its way through the pipeline; each stage passes on a copy with what it learned. */
export interface Delivery {
  record: BrokerRecord;
  group: string;
  attempt: number;
  signal: AbortSignal;
  logger: Logger;
  /** Set by decode. */
  event?: EventEnvelope;
  contract?: EventContract;
  /** Set by decode: the handler subscribed to the event's type. */
  handler?: Handler;
  timeoutMs?: number;
  /** Set by idempotency. */
  transaction?: Transaction;
}

/** Resolves with the events that were emitted. */
export type Handle = (delivery: Delivery) => Promise<OutgoingEvent[]>;

export type Middleware = (next: Handle) => Handle;

/** The first middleware is the outermost. */
export const compose = (middlewares: readonly Middleware[], handle: Handle): Handle =>
  middlewares.reduceRight((next, middleware) => middleware(next), handle);
