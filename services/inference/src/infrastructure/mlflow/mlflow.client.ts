import { ServiceError } from '@perennial/service';
import { z } from 'zod';
import { shownSelector, type VersionSelector } from '../../domain/registered.model';

const TIMEOUT_MS = 10_000;
/** Of an answer that is told in an error. */
const MAX_SHOWN = 300;

const tag = z.object({ key: z.string(), value: z.string().default('') });
const modelVersion = z.object({ version: z.coerce.string().min(1), tags: z.array(tag).default([]) });
const oneVersion = z.object({ model_version: modelVersion });
const versions = z.object({ model_versions: z.array(modelVersion).default([]) });
const downloadUri = z.object({ artifact_uri: z.string().min(1) });
const failure = z.object({ error_code: z.string(), message: z.string().default('') });

export interface MlflowVersion {
  version: string;
  tags: ReadonlyMap<string, string>;
}

/** The part of MLflow's REST API (2.0) that finds a version of a registered model and the place of its files. */
export class MlflowClient {
  constructor(
    readonly trackingUrl: string,
    private readonly headers: () => Readonly<Record<string, string>>,
  ) {}

  /** Throws MODEL_NOT_REGISTERED, MLFLOW_REFUSED and MLFLOW_UNAVAILABLE. */
  async version(name: string, selector: VersionSelector): Promise<MlflowVersion> {
    if ('stage' in selector) return this.atStage(name, selector.stage);
    const path = 'version' in selector ? 'model-versions/get' : 'registered-models/alias';
    const found = oneVersion.parse(await this.get(path, { name, ...selector }, shownSelector(selector)));
    return told(found.model_version);
  }

  /** Of the directory with the file MLmodel. Throws the same. */
  async artifactUri(name: string, version: string): Promise<string> {
    const asked = shownSelector({ version });
    return downloadUri.parse(await this.get('model-versions/get-download-uri', { name, version }, asked)).artifact_uri;
  }

  private async atStage(name: string, stage: string): Promise<MlflowVersion> {
    const asked = shownSelector({ stage });
    const path = 'registered-models/get-latest-versions';
    const body = { name, stages: [stage] };
    const found = versions.parse(await this.ask(path, { method: 'POST', body: JSON.stringify(body) }, name, asked));
    const newest = found.model_versions.at(0);
    if (newest) return told(newest);
    const message = `${name} has no version at ${asked} on ${this.trackingUrl}`;
    throw new ServiceError('MODEL_NOT_REGISTERED', 404, message, { name, asked }, { retryable: true });
  }

  private get(path: string, query: Record<string, string>, asked: string): Promise<unknown> {
    return this.ask(`${path}?${new URLSearchParams(query).toString()}`, {}, query.name ?? '', asked);
  }

  private async ask(path: string, init: RequestInit, name: string, asked: string): Promise<unknown> {
    const url = `${this.trackingUrl}/api/2.0/mlflow/${path}`;
    const response = await fetched(url, {
      ...init,
      headers: {
        ...this.headers(),
        accept: 'application/json',
        ...(init.body && { 'content-type': 'application/json' }),
      },
    });
    const text = await response.text();
    const body = parsed(text);
    if (response.ok && body !== undefined) return body;
    const said = failure.safeParse(body).data;
    if (said !== undefined && isMissing(said.error_code, path)) {
      const message = `${name}, ${asked}, is not registered on ${this.trackingUrl}: ${said.message}`;
      throw new ServiceError('MODEL_NOT_REGISTERED', 404, message, { name, asked }, { retryable: true });
    }
    throw refused(url, response.status, said?.message ?? text);
  }
}

/** An alias that does not exist is a wrong parameter there, with status 400. */
const isMissing = (code: string, path: string): boolean =>
  code === 'RESOURCE_DOES_NOT_EXIST' ||
  (code === 'INVALID_PARAMETER_VALUE' && path.startsWith('registered-models/alias'));

const told = ({ version, tags }: z.output<typeof modelVersion>): MlflowVersion => ({
  version,
  tags: new Map(tags.map(({ key, value }) => [key, value])),
});

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** Throws MLFLOW_UNAVAILABLE where nothing answers. */
export async function fetched(url: string, init: RequestInit): Promise<Response> {
  try {
    return await fetch(url, { ...init, signal: AbortSignal.timeout(TIMEOUT_MS) });
  } catch (cause) {
    const { message, cause: reason } = cause as Error & { cause?: Error };
    const shown = reason?.message ? `${message}: ${reason.message}` : message;
    throw new ServiceError('MLFLOW_UNAVAILABLE', 503, `${url}: ${shown}`, { url }, { cause, retryable: true });
  }
}

/** What a server that answers will not give, or not now. */
export function refused(url: string, status: number, said: string): ServiceError {
  const isBusy = status >= 500 || status === 429;
  const code = isBusy ? 'MLFLOW_UNAVAILABLE' : 'MLFLOW_REFUSED';
  const hint = status === 401 || status === 403 ? ' (MLFLOW_TRACKING_TOKEN, or _USERNAME and _PASSWORD)' : '';
  const message = `${url}: status ${status}${hint}: ${said.slice(0, MAX_SHOWN)}`;
  return new ServiceError(code, isBusy ? 503 : 502, message, { url, status }, { retryable: isBusy });
}
