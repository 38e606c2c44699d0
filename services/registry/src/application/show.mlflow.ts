import { ServiceError } from '@perennial/service';
import type { ModelVersion } from '../domain/model.version';
import { mlflowRun } from './mlflow.run';
import {
  artifactUri,
  directoryOf,
  latestVersions,
  mlflowVersion,
  type Page,
  pageOf,
  runIdsOf,
  SERVING_ALIAS,
} from './mlflow.view';
import type { FileStore } from './ports';
import type { ShowVersions } from './show.versions';

const NEWEST = 1_000;
const EPOCH = '1970-01-01T00:00:00.000Z';

/** The registry as clients of MLflow read it: a registered model is a pipeline. What changes it goes the platform's own way. */
export class ShowMlflow {
  constructor(
    private readonly versions: Pick<ShowVersions, 'list' | 'one' | 'models' | 'ofRun'>,
    private readonly files: Pick<FileStore, 'get'>,
  ) {}

  /** Throws UNKNOWN_PIPELINE, as all of these. */
  async model(name: string) {
    const versions = await this.versions.list(name, NEWEST);
    const latest = latestVersions(versions, []).map(mlflowVersion);
    const serving = versions.find(({ state }) => state === 'production');
    const times = latest.map((each) => each.last_updated_timestamp);
    return {
      registered_model: {
        name,
        creation_timestamp: Date.parse(versions.at(-1)?.registeredAt ?? EPOCH),
        last_updated_timestamp: Math.max(0, ...times),
        ...(latest.length > 0 && { latest_versions: latest }),
        ...(serving && { aliases: [{ alias: SERVING_ALIAS, version: serving.version }] }),
      },
    };
  }

  /** Throws UNKNOWN_VERSION too. */
  async version(name: string, version: string) {
    return { model_version: mlflowVersion(await this.versions.one(name, version)) };
  }

  /** The run that made a version; others are the trainer's own business. Throws UNKNOWN_RUN. */
  async run(runId: string) {
    return { run: mlflowRun(await this.versions.ofRun(runIdsOf(runId))) };
  }

  async downloadUri(name: string, version: string) {
    return { artifact_uri: artifactUri(await this.versions.one(name, version)) };
  }

  async ofAlias(name: string, alias: string) {
    const versions = await this.versions.list(name, NEWEST);
    const found = versions.find(({ state }) => alias === SERVING_ALIAS && state === 'production');
    if (found) return { model_version: mlflowVersion(found) };
    const why = alias === SERVING_ALIAS ? 'no version of it serves' : `the only alias is ${SERVING_ALIAS}`;
    throw new ServiceError('UNKNOWN_ALIAS', 404, `${name} has no alias ${alias}: ${why}`, { name, alias });
  }

  async latest(name: string, stages: readonly string[]) {
    const found = latestVersions(await this.versions.list(name, NEWEST), stages);
    return found.length === 0 ? {} : { model_versions: found.map(mlflowVersion) };
  }

  /** Versions of one model, or of all where none is named; newest first within a model. */
  async all(name: string | null, page: Page) {
    const found = await Promise.all((await this.names(name)).map((each) => this.versions.list(each, NEWEST)));
    const { items, next } = pageOf(found.flat(), page);
    return { ...(items.length > 0 && { model_versions: items.map(mlflowVersion) }), ...next };
  }

  /** One model, or all where none is named. Finds none where it is not known, as MLflow does. */
  async models(name: string | null, page: Page) {
    const known = (await this.names(null)).filter((each) => name === null || each === name);
    const { items, next } = pageOf(known, page);
    const found = await Promise.all(items.map((each) => this.model(each)));
    return { ...(found.length > 0 && { registered_models: found.map((each) => each.registered_model) }), ...next };
  }

  /** The files of a version's directory, by names relative to it; below a file there are none. */
  async directory(name: string, version: string, file = '') {
    const { files } = await this.versions.one(name, version);
    if (file !== '') return { files: [] };
    return { files: files.map(({ path, file }) => ({ path, is_dir: false, file_size: file.bytes })) };
  }

  /** Throws UNKNOWN_FILE too. */
  async file(name: string, version: string, path: string): Promise<{ bytes: Uint8Array; mediaType: string }> {
    const model: ModelVersion = await this.versions.one(name, version);
    const found = model.files.find((each) => each.path === path);
    if (found) return { bytes: await this.files.get(found.file), mediaType: found.file.mediaType };
    throw new ServiceError('UNKNOWN_FILE', 404, `${directoryOf(model)} has no file ${path}`, { path });
  }

  private async names(name: string | null): Promise<string[]> {
    return name === null ? (await this.versions.models()).map((each) => each.name) : [name];
  }
}
