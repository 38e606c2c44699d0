import type { FileReference } from '@perennial/contracts';
import type { Pipeline } from '@perennial/pipeline';
import type { ModelVersion } from '../domain/model.version';
import type { FileStore, VersionStore } from './ports';
import { pipelineOf, unknownRun, unknownVersion } from './version.lookup';

type Described = Pick<Pipeline, 'name' | 'description' | 'owner' | 'approval'>;

/** One step back to the first model: what a version was fine-tuned from. */
export type Ancestor = Pick<ModelVersion, 'version' | 'state' | 'strategy' | 'cycleId' | 'runId' | 'registeredAt'>;

const NEWEST = 1_000;

/** What people, the command line and other services read. */
export class ShowVersions {
  constructor(
    private readonly versions: VersionStore,
    private readonly pipelines: ReadonlyMap<string, Described>,
    private readonly files: FileStore,
  ) {}

  async models() {
    return Promise.all(
      [...this.pipelines.values()].map(async ({ name, description, owner, approval }) => {
        const versions = await this.versions.list(name, NEWEST);
        const serving = versions.find(({ state }) => state === 'production');
        const [latest] = versions;
        const counts = {
          versions: versions.length,
          production: serving?.version ?? null,
          latest: latest?.version ?? null,
        };
        return { name, description, owner, approval, ...counts };
      }),
    );
  }

  /** Newest first. Throws UNKNOWN_PIPELINE. */
  async list(pipeline: string, limit: number): Promise<ModelVersion[]> {
    pipelineOf(this.pipelines, pipeline);
    return this.versions.list(pipeline, limit);
  }

  /** With its ancestors, nearest first. Throws UNKNOWN_PIPELINE and UNKNOWN_VERSION. */
  async one(pipeline: string, version: string): Promise<ModelVersion & { lineage: Ancestor[] }> {
    const model = await this.find(pipeline, version);
    const lineage: Ancestor[] = [];
    const seen = new Set([version]);
    for (let from = model.finetunedFrom; from !== null && !seen.has(from);) {
      seen.add(from);
      const ancestor = await this.versions.load(pipeline, from);
      if (!ancestor) break;
      const { state, strategy, cycleId, runId, registeredAt, finetunedFrom } = ancestor.version;
      lineage.push({ version: from, state, strategy, cycleId, runId, registeredAt });
      from = finetunedFrom;
    }
    return { ...model, lineage };
  }

  /** What one of these runs became. Throws UNKNOWN_RUN, also where its pipeline is not declared any more. */
  async ofRun(runIds: readonly string[]): Promise<ModelVersion> {
    const found = await this.versions.ofRun(runIds);
    if (found && this.pipelines.has(found.pipeline)) return found;
    throw unknownRun(runIds[0] ?? '');
  }

  /** Throws UNKNOWN_PIPELINE and UNKNOWN_VERSION. */
  async artifact(pipeline: string, version: string): Promise<{ reference: FileReference; bytes: Uint8Array }> {
    const { artifact: reference } = await this.find(pipeline, version);
    return { reference, bytes: await this.files.get(reference) };
  }

  private async find(pipeline: string, version: string): Promise<ModelVersion> {
    pipelineOf(this.pipelines, pipeline);
    const stored = await this.versions.load(pipeline, version);
    if (!stored) throw unknownVersion(pipeline, version);
    return stored.version;
  }
}
