import { ConflictError, type Transaction } from '@perennial/messaging';
import { transactionOf } from '@perennial/messaging/testing';
import type { StoredVersion, VersionStore } from '../application/ports';
import type { ModelVersion } from '../domain/model.version';

export class InMemoryVersionStore implements VersionStore {
  readonly versions = new Map<string, StoredVersion>();

  async load(pipeline: string, version: string): Promise<StoredVersion | null> {
    return this.versions.get(`${pipeline}/${version}`) ?? null;
  }

  async ofAttempt(pipeline: string, cycleId: string, attempt: number): Promise<StoredVersion | null> {
    const same = ({ version }: StoredVersion) => version.cycleId === cycleId && version.attempt === attempt;
    return this.of(pipeline).find(same) ?? null;
  }

  async taken(pipeline: string, prefix: string): Promise<string[]> {
    return this.of(pipeline)
      .map(({ version }) => version.version)
      .filter((name) => name.startsWith(prefix));
  }

  async inProduction(pipeline: string): Promise<StoredVersion[]> {
    return this.of(pipeline).filter(({ version }) => version.state === 'production');
  }

  async save(stored: StoredVersion, transaction: Transaction): Promise<void> {
    const id = `${stored.version.pipeline}/${stored.version.version}`;
    if ((this.versions.get(id)?.revision ?? 0) !== stored.revision) throw new ConflictError(`${id} was changed`);
    transactionOf(transaction).onCommit(() => this.versions.set(id, { ...stored, revision: stored.revision + 1 }));
  }

  async list(pipeline: string, limit: number): Promise<ModelVersion[]> {
    return this.of(pipeline)
      .map(({ version }) => version)
      .reverse()
      .slice(0, limit);
  }

  async ofRun(runIds: readonly string[]): Promise<ModelVersion | null> {
    return [...this.versions.values()].find(({ version }) => runIds.includes(version.runId))?.version ?? null;
  }

  private of(pipeline: string): StoredVersion[] {
    return [...this.versions.values()].filter(({ version }) => version.pipeline === pipeline);
  }
}
