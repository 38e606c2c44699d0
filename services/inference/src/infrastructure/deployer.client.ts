import { modelReference, name } from '@perennial/contracts';
import { ServiceError } from '@perennial/service';
import { z } from 'zod';
import type { Artifacts, Deployable, DesiredStates } from '../application/ports';
import { deployableOf } from '../application/deployable';

const TIMEOUT_MS = 5_000;

/** What of the deployer's answer is read. */
const answer = z.object({
  pipeline: name,
  desired: z
    .object({
      rolloutId: z.string().min(1),
      sequence: z.int().min(1),
      version: z.string().min(1),
      model: modelReference,
    })
    .nullable(),
});

/** The desired state over the deployer's HTTP API. */
export class DeployerClient implements DesiredStates {
  constructor(
    private readonly baseUrl: string,
    private readonly artifacts: Artifacts,
  ) {}

  /** Null where nothing was rolled out, or the deployer does not know the pipeline. Throws DEPLOYER_UNAVAILABLE. */
  async of(pipeline: string): Promise<Deployable | null> {
    const url = `${this.baseUrl.replace(/\/$/, '')}/api/v1/deployments/${pipeline}`;
    const { desired } = answer.parse(await this.read(url, pipeline));
    return desired && deployableOf(desired, this.artifacts);
  }

  private async read(url: string, pipeline: string): Promise<unknown> {
    try {
      const response = await fetch(url, { signal: AbortSignal.timeout(TIMEOUT_MS) });
      if (response.ok) return await response.json();
      await response.body?.cancel();
      if (response.status === 404) return { pipeline, desired: null };
      throw new Error(`status ${response.status}`);
    } catch (cause) {
      const { message } = cause as Error;
      throw new ServiceError('DEPLOYER_UNAVAILABLE', 503, `${url}: ${message}`, { url }, { cause, retryable: true });
    }
  }
}
