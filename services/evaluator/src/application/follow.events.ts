import type {
  DataOf,
  rolloutCompletedV1,
  rolloutFailedV1,
  runCompletedV1,
  runFailedV1,
  versionRejectedV1,
  versionSupersededV1,
  viewUpdatedV1,
} from '@perennial/contracts';
import type { EventEnvelope, HandlerContext, OutgoingEvent } from '@perennial/messaging';
import type { Pipeline } from '@perennial/pipeline';
import type { BatchFacts } from '../domain/batch.window';
import { release, type Lane } from '../domain/pipeline.lane';
import { supersede } from '../domain/serving.model';
import type { AdvanceCycles } from './advance.cycles';
import type { Step } from './cycle.step';
import type { EvaluatorStores } from './cycle.stores';

type Event<C> = EventEnvelope<DataOf<C>>;
type Outgoing = Promise<OutgoingEvent[]>;

export const stepOf = (event: EventEnvelope, context: HandlerContext): Step => ({
  transaction: context.transaction,
  now: context.now(),
  correlationId: event.correlationid,
  causationId: event.id,
});

function factsOf(data: DataOf<typeof viewUpdatedV1>): BatchFacts {
  const { batchId, day, correctionOf, view, viewVersion, rows, labelledRows, quality, lineage } = data;
  const { metadataId, raw } = lineage;
  return { batchId, day, correctionOf, view, viewVersion, metadataId, rows, labelledRows, quality, raw };
}

/** What each event of the other services means for the cycles. */
export class FollowEvents {
  constructor(
    private readonly cycles: AdvanceCycles,
    private readonly stores: EvaluatorStores,
    private readonly pipelines: ReadonlyMap<string, Pipeline>,
  ) {}

  /** A day starts a cycle for each pipeline of its dataset; a correction only widens what may be trained on. */
  async viewUpdated(event: Event<typeof viewUpdatedV1>, context: HandlerContext): Outgoing {
    const { data } = event;
    const batch = factsOf(data);
    await this.stores.batches.record(batch, context.transaction);
    if (data.correctionOf !== null) return [];
    const outgoing: OutgoingEvent[] = [];
    for (const { name, dataset } of this.pipelines.values()) {
      if (dataset.name !== data.dataset) continue;
      const input = { type: 'arrive', pipeline: name, day: data.day, batch } as const;
      outgoing.push(...(await this.cycles.arrive(input, stepOf(event, context))));
    }
    return outgoing;
  }

  runCompleted(event: Event<typeof runCompletedV1>, context: HandlerContext): Outgoing {
    return this.cycles.tell(event.data.cycleId, { type: 'run-completed', run: event.data }, stepOf(event, context));
  }

  runFailed(event: Event<typeof runFailedV1>, context: HandlerContext): Outgoing {
    return this.cycles.tell(event.data.cycleId, { type: 'run-failed', run: event.data }, stepOf(event, context));
  }

  async rolloutCompleted(event: Event<typeof rolloutCompletedV1>, context: HandlerContext): Outgoing {
    const { pipeline } = event.data;
    const { serving, revision } = await this.stores.serving.load(pipeline, context.transaction);
    const newer = supersede(serving, event.data);
    if (newer) await this.stores.serving.save(newer, revision, context.transaction);
    return this.released(event, context);
  }

  rolloutFailed(event: Event<typeof rolloutFailedV1>, context: HandlerContext): Outgoing {
    return this.released(event, context);
  }

  versionRejected(event: Event<typeof versionRejectedV1>, context: HandlerContext): Outgoing {
    return this.released(event, context);
  }

  versionSuperseded(event: Event<typeof versionSupersededV1>, context: HandlerContext): Outgoing {
    return this.released(event, context);
  }

  private released(
    event: EventEnvelope<{ pipeline: string; cycleId: string | null }>,
    context: HandlerContext,
  ): Outgoing {
    const { pipeline, cycleId } = event.data;
    const change = (lane: Lane): Lane => (cycleId === null ? lane : release(lane, cycleId));
    return this.cycles.settle(pipeline, stepOf(event, context), change);
  }
}
