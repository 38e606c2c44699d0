import type { DataOf, retrainingRequestedV1 } from '@perennial/contracts';
import type { EventEnvelope, HandlerContext, OutgoingEvent } from '@perennial/messaging';
import { decide } from '../domain/run.decider';
import { evolveAll } from '../domain/run.evolve';
import type { RunStore } from './ports';

/**
 * Records that a run was asked for; a worker trains it. A run is queued once, however often it is asked for. A pipeline
 * that is not declared here belongs to another installation on the same broker.
 */
export class QueueRun {
  constructor(
    private readonly runs: RunStore,
    private readonly pipelines: Pick<ReadonlyMap<string, unknown>, 'has'>,
    private readonly onQueued: () => void,
  ) {}

  async run(
    { data, id, correlationid }: EventEnvelope<DataOf<typeof retrainingRequestedV1>>,
    { transaction, now, logger }: HandlerContext,
  ): Promise<OutgoingEvent[]> {
    if (!this.pipelines.has(data.pipeline)) {
      logger.warn(
        { pipeline: data.pipeline, runId: data.runId },
        'run of a pipeline that is not declared here left out',
      );
      return [];
    }
    const stored = await this.runs.load(data.runId, transaction);
    const events = decide(stored?.run ?? null, { type: 'queue', at: now(), request: data });
    const run = evolveAll(null, events);
    if (!run) return [];
    const origin = { correlationId: correlationid, causationId: id };
    await this.runs.save({ run, origin, revision: 0 }, events, transaction);
    this.onQueued();
    return [];
  }
}
