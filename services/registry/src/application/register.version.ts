import type { DataOf, modelPromotedV1 } from '@perennial/contracts';
import type { EventEnvelope, HandlerContext, OutgoingEvent } from '@perennial/messaging';
import type { Pipeline } from '@perennial/pipeline';
import type { VersionStore } from './ports';
import { RegistryError } from './registry.error';
import type { VersionRegistration } from './version.registration';

type Promoted = DataOf<typeof modelPromotedV1>;

/** Makes a promoted candidate a version: once, however often it is told. */
export class RegisterVersion {
  constructor(
    private readonly versions: VersionStore,
    private readonly pipelines: ReadonlyMap<string, Pick<Pipeline, 'approval'>>,
    private readonly registration: VersionRegistration,
  ) {}

  async run(event: EventEnvelope<Promoted>, context: HandlerContext): Promise<OutgoingEvent[]> {
    const { data } = event;
    const { pipeline, cycleId, attempt } = data;
    const { transaction, now, logger } = context;
    const declared = this.pipelines.get(pipeline);
    if (!declared) {
      // Another installation on the same broker.
      logger.warn({ pipeline, cycleId }, 'promoted model of a pipeline that is not declared here left out');
      return [];
    }
    if (await this.versions.ofAttempt(pipeline, cycleId, attempt, transaction)) return [];
    const runId = runIdOf(data);
    const { candidate, ...promoted } = data;
    const { artifact, checkpoint, decisionThreshold } = candidate;
    const model = { ...promoted, runId, artifact, checkpoint, decisionThreshold, submission: null };
    const createdAt = event.time ? new Date(event.time) : now();
    const occasion = { policy: declared.approval, createdAt, correlationId: event.correlationid };
    return (await this.registration.register(model, occasion, context)).events;
  }
}

function runIdOf({ candidate: { runId }, cycleId, attempt }: Promoted): string {
  if (runId !== null) return runId;
  throw new RegistryError(
    'RUN_UNKNOWN',
    `candidate.runId is null in attempt ${attempt} of ${cycleId}: must name the run`,
    {
      cycleId,
      attempt,
    },
  );
}
