import type { DataOf, modelPromotedV1 } from '@perennial/contracts';
import type { EventEnvelope, HandlerContext, OutgoingEvent } from '@perennial/messaging';
import type { Pipeline } from '@perennial/pipeline';
import type { ModelFile, ModelVersion } from '../domain/model.version';
import { register } from '../domain/version.decider';
import { evolveAll } from '../domain/version.evolve';
import { nextVersion, timestampVersion } from '../domain/version.name';
import { mlmodelFile } from './mlmodel.file';
import type { FileStore, ReadSignature, VersionStore } from './ports';
import { RegistryError } from './registry.error';
import { announce } from './version.announcements';

type Promoted = DataOf<typeof modelPromotedV1>;

const BUCKET = 'artifacts';

/** Makes a promoted candidate a version: once, however often it is told. */
export class RegisterVersion {
  constructor(
    private readonly versions: VersionStore,
    private readonly pipelines: ReadonlyMap<string, Pick<Pipeline, 'approval'>>,
    private readonly files: FileStore,
    private readonly readSignature: ReadSignature,
  ) {}

  async run(event: EventEnvelope<Promoted>, { transaction, now, logger }: HandlerContext): Promise<OutgoingEvent[]> {
    const { data } = event;
    const { pipeline, cycleId, attempt } = data;
    const declared = this.pipelines.get(pipeline);
    if (!declared) {
      // Another installation on the same broker.
      logger.warn({ pipeline, cycleId }, 'promoted model of a pipeline that is not declared here left out');
      return [];
    }
    if (await this.versions.ofAttempt(pipeline, cycleId, attempt, transaction)) return [];
    const runId = runIdOf(data);
    const files = await this.directory(data, runId, event.time ? new Date(event.time) : now());
    const at = now();
    const taken = await this.versions.taken(pipeline, timestampVersion(at), transaction);
    const version = nextVersion(at, taken);
    const { candidate, ...promoted } = data;
    const { artifact, checkpoint, decisionThreshold } = candidate;
    const registration = { ...promoted, version, runId, artifact, checkpoint, decisionThreshold, files };
    const events = register(registration, declared.approval, at);
    const registered = evolveAll(null, events) as ModelVersion;
    await this.versions.save({ version: registered, correlationId: event.correlationid, revision: 0 }, transaction);
    return announce(registered, events);
  }

  /** The MLflow model directory; the same candidate gives the same files, so a retry stores nothing twice. */
  private async directory({ candidate }: Promoted, runId: string, createdAt: Date): Promise<ModelFile[]> {
    const { artifact, checkpoint } = candidate;
    const inputs = this.readSignature(await this.files.get(artifact));
    const text = mlmodelFile({ runId, digest: artifact.digest, createdAt, inputs });
    const options = { mediaType: 'application/yaml', name: `${runId}/MLmodel` };
    const mlmodel = await this.files.put(BUCKET, new TextEncoder().encode(text), options);
    return [
      { path: 'MLmodel', file: mlmodel },
      { path: 'model.onnx', file: artifact },
      ...(checkpoint ? [{ path: 'checkpoint.bin', file: checkpoint }] : []),
    ];
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
