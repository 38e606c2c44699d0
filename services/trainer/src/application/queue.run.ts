import type { DataOf, retrainingRequestedV1 } from '@perennial/contracts';
import {
  type EventEnvelope,
  type HandlerContext,
  type OutgoingEvent,
  traceToContinue,
  type Transaction,
} from '@perennial/messaging';
import type { Pipeline } from '@perennial/pipeline';
import { decide } from '../domain/run.decider';
import { evolveAll } from '../domain/run.evolve';
import type { RunRequest } from '../domain/training.run';
import type { RunStore } from './ports';
import { announcement } from './run.ledger';

type Declared = Pick<Pipeline, 'improvement'>;

/**
 * Records that a run was asked for; a worker trains it. A run is queued once, however often it is asked for, and takes
 * the place of those of its cycle's earlier attempts. A pipeline that is not declared here belongs to another
 * installation on the same broker.
 */
export class QueueRun {
  constructor(
    private readonly runs: RunStore,
    private readonly pipelines: Pick<ReadonlyMap<string, Declared>, 'get'>,
    private readonly onQueued: () => void,
  ) {}

  async run(
    { data, id, correlationid }: EventEnvelope<DataOf<typeof retrainingRequestedV1>>,
    { transaction, now, logger }: HandlerContext,
  ): Promise<OutgoingEvent[]> {
    const declared = this.pipelines.get(data.pipeline);
    if (!declared) {
      logger.warn(
        { pipeline: data.pipeline, runId: data.runId },
        'run of a pipeline that is not declared here left out',
      );
      return [];
    }
    const stored = await this.runs.load(data.runId, transaction);
    // From now, not from the time of the event: another service's clock may differ by as much as a deadline.
    const timeoutMs = declared.improvement.attemptTimeoutMinutes * 60_000;
    const events = decide(stored?.run ?? null, { type: 'queue', at: now(), request: data, timeoutMs });
    const run = evolveAll(null, events);
    if (!run) return [];
    const origin = { correlationId: correlationid, causationId: id, ...traceToContinue() };
    const superseded = await this.supersede(data, now(), transaction);
    await this.runs.save({ run, origin, revision: 0 }, events, transaction);
    transaction.afterCommit(this.onQueued);
    return superseded;
  }

  private async supersede({ cycleId, attempt }: RunRequest, at: Date, transaction: Transaction) {
    const emitted: OutgoingEvent[] = [];
    for (const stored of await this.runs.open(cycleId, transaction)) {
      const events = decide(stored.run, { type: 'supersede', at, attempt });
      const run = evolveAll(stored.run, events);
      if (!run || events.length === 0) continue;
      await this.runs.save({ ...stored, run }, events, transaction);
      emitted.push(...events.flatMap((event) => announcement(run, event)));
    }
    return emitted;
  }
}
