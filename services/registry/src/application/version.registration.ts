import type { FileReference } from '@perennial/contracts';
import type { HandlerContext, OutgoingEvent } from '@perennial/messaging';
import type { ModelFile, ModelVersion, Registration } from '../domain/model.version';
import { type ApprovalPolicy, register } from '../domain/version.decider';
import { evolveAll } from '../domain/version.evolve';
import { nextVersion, timestampVersion } from '../domain/version.name';
import { mlmodelFile } from './mlmodel.file';
import { ARTIFACTS, type FileStore, type ReadSignature, type VersionStore } from './ports';
import { announce } from './version.announcements';

/** When and why a model becomes a version. */
export interface Occasion {
  policy: ApprovalPolicy;
  /** Of the model. */
  createdAt: Date;
  correlationId: string;
}

/** Names a version, writes its model directory and registers it. */
export class VersionRegistration {
  constructor(
    private readonly versions: VersionStore,
    private readonly files: FileStore,
    private readonly readSignature: ReadSignature,
  ) {}

  async register(
    model: Omit<Registration, 'version' | 'files'>,
    { policy, createdAt, correlationId }: Occasion,
    { transaction, now }: Pick<HandlerContext, 'transaction' | 'now'>,
  ): Promise<{ version: string; events: OutgoingEvent[] }> {
    const files = await this.directory(model, createdAt);
    const at = now();
    const taken = await this.versions.taken(model.pipeline, timestampVersion(at), transaction);
    const version = nextVersion(at, taken);
    const events = register({ ...model, version, files }, policy, at);
    const registered = evolveAll(null, events) as ModelVersion;
    await this.versions.save({ version: registered, correlationId, revision: 0 }, transaction);
    return { version, events: announce(registered, events) };
  }

  /** The MLflow model directory; the same model gives the same files, so a retry stores nothing twice. */
  private async directory(
    { artifact, checkpoint, runId, submission }: Omit<Registration, 'version' | 'files'>,
    createdAt: Date,
  ): Promise<ModelFile[]> {
    const inputs = this.readSignature(await this.files.get(artifact));
    const text = mlmodelFile({ runId, digest: artifact.digest, createdAt, inputs });
    const options = { mediaType: 'application/yaml', name: `${runId}/MLmodel` };
    const mlmodel = await this.files.put(ARTIFACTS, new TextEncoder().encode(text), options);
    const more: [string, FileReference | null | undefined][] = [
      ['checkpoint.bin', checkpoint],
      ['submitted.onnx', submission?.original],
    ];
    return [
      { path: 'MLmodel', file: mlmodel },
      { path: 'model.onnx', file: artifact },
      ...more.flatMap(([path, file]) => (file ? [{ path, file }] : [])),
    ];
  }
}
