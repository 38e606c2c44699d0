import type { DataOf, rolloutCompletedV1, rolloutFailedV1, versionSupersededV1 } from '@perennial/contracts';
import type { HandlerContext, OutgoingEvent } from '@perennial/messaging';
import { archive, failRollout, release, supersede } from '../domain/version.decider';
import type { VersionEvent } from '../domain/version.events';
import { evolveAll } from '../domain/version.evolve';
import type { ModelVersion } from '../domain/model.version';
import type { StoredVersion, VersionStore } from './ports';
import { RegistryError } from './registry.error';

interface Rollout {
  pipeline: string;
  version: string;
  /** Null: it never had one. */
  rolloutId: string | null;
}

/** Which version serves, as the deployer tells it. */
export class RecordRollout {
  constructor(
    private readonly versions: VersionStore,
    private readonly pipelines: Pick<ReadonlyMap<string, unknown>, 'has'>,
  ) {}

  async completed(data: DataOf<typeof rolloutCompletedV1>, context: HandlerContext): Promise<OutgoingEvent[]> {
    const stored = await this.find(data, context);
    if (!stored) return [];
    const { transaction } = context;
    const fact = { ...data, at: context.now() };
    const serving = await this.versions.inProduction(data.pipeline, transaction);
    const events = release(
      stored.version,
      serving.map(({ version }) => version),
      fact,
    );
    if (events.length === 0) return [];
    for (const served of serving) {
      await this.save(served, archive(served.version, data.version, fact), context);
    }
    await this.save(stored, events, context);
    return [];
  }

  async failed(data: DataOf<typeof rolloutFailedV1>, context: HandlerContext): Promise<OutgoingEvent[]> {
    const stored = await this.find(data, context);
    if (stored) await this.save(stored, failRollout(stored.version, { ...data, at: context.now() }), context);
    return [];
  }

  async superseded(data: DataOf<typeof versionSupersededV1>, context: HandlerContext): Promise<OutgoingEvent[]> {
    const stored = await this.find({ ...data, rolloutId: null }, context);
    if (stored) await this.save(stored, supersede(stored.version, data.supersededBy, context.now()), context);
    return [];
  }

  private async find({ pipeline, version, rolloutId }: Rollout, { transaction, logger }: HandlerContext) {
    if (!this.pipelines.has(pipeline)) {
      logger.warn({ pipeline, version, rolloutId }, 'rollout of a pipeline that is not declared here left out');
      return null;
    }
    const stored = await this.versions.load(pipeline, version, transaction);
    if (stored) return stored;
    const message = `rollout ${rolloutId ?? '(none)'} is of version ${version}, which ${pipeline} does not have`;
    throw new RegistryError('VERSION_UNKNOWN', message, { pipeline, version, rolloutId });
  }

  private async save(stored: StoredVersion, events: readonly VersionEvent[], { transaction }: HandlerContext) {
    if (events.length === 0) return;
    const version = evolveAll(stored.version, events) as ModelVersion;
    await this.versions.save({ ...stored, version }, transaction);
  }
}
