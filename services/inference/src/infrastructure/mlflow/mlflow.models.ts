import { createHash } from 'node:crypto';
import type { Dataset } from '@perennial/pipeline';
import type { RegisteredModels, RegisteredModel } from '../../application/ports';
import type { RegisteredName } from '../../domain/registered.model';
import { modelDirectory } from './mlflow.artifacts';
import { MlflowClient } from './mlflow.client';
import { registeredArtifact } from './registered.artifact';

export interface MlflowModelsOptions {
  trackingUrl: string;
  /** Of requests to the tracking server. */
  headers(): Readonly<Record<string, string>>;
  named: RegisteredName;
  /** Of the pipeline, where it is declared. */
  dataset: Dataset | null;
}

/** A model of an MLflow registry, in the form in which models are served here. */
export class MlflowModels implements RegisteredModels {
  private readonly client: MlflowClient;

  constructor(private readonly options: MlflowModelsOptions) {
    this.client = new MlflowClient(options.trackingUrl, options.headers);
  }

  async find(): Promise<RegisteredModel> {
    const { name, selector } = this.options.named;
    const { version, tags } = await this.client.version(name, selector);
    const read = () => this.artifact(version, tags);
    const bytes = await read();
    const digest = `sha256:${createHash('sha256').update(bytes).digest('hex')}`;
    let first: Uint8Array | null = bytes;
    // Read once more where the model has to be loaded again: bytes that nobody needs take no memory.
    const artifact = async (): Promise<Uint8Array> => {
      const given = first ?? (await read());
      first = null;
      return given;
    };
    return { version, digest, artifact };
  }

  private async artifact(version: string, tags: ReadonlyMap<string, string>): Promise<Uint8Array> {
    const { named, dataset, trackingUrl, headers } = this.options;
    const uri = await this.client.artifactUri(named.name, version);
    const directory = modelDirectory(uri, { trackingUrl, headers });
    return registeredArtifact({ directory, tags, pipeline: named.pipeline, dataset });
  }
}
