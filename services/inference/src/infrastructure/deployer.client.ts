import { name, trafficChangedV1 } from '@perennial/contracts';
import { type PeerHeaders, ServiceError } from '@perennial/service';
import { z } from 'zod';
import type { Artifacts, Deployable, DesiredStates } from '../application/ports';
import { deployableOf, type ToldTraffic } from '../application/deployable';

const TIMEOUT_MS = 5_000;

/** What of the deployer's answer is read: all that it announces. */
const { shape } = trafficChangedV1.schema as unknown as z.ZodObject<{
  rolloutId: z.ZodString;
  sequence: z.ZodInt;
  experimentId: z.ZodString;
  arms: z.ZodType<ToldTraffic['arms']>;
  shadows: z.ZodType<ToldTraffic['shadows']>;
}>;
const { rolloutId, sequence, experimentId, arms, shadows } = shape;
const answer = z.object({
  desired: z.array(
    z.object({ pipeline: name, traffic: z.object({ rolloutId, sequence, experimentId, arms, shadows }) }),
  ),
});

/** The desired state over the deployer's HTTP API. */
export class DeployerClient implements DesiredStates {
  constructor(
    private readonly baseUrl: string,
    private readonly artifacts: Artifacts,
    private readonly peerHeaders: PeerHeaders = () => ({}),
  ) {}

  /** Throws DEPLOYER_UNAVAILABLE. */
  async all(): Promise<Map<string, Deployable>> {
    const { desired } = answer.parse(await this.read(`${this.baseUrl.replace(/\/$/, '')}/api/v1/desired`));
    return new Map(desired.map(({ pipeline, traffic }) => [pipeline, deployableOf(traffic, this.artifacts)]));
  }

  private async read(url: string): Promise<unknown> {
    try {
      const response = await fetch(url, { headers: this.peerHeaders(), signal: AbortSignal.timeout(TIMEOUT_MS) });
      if (response.ok) return await response.json();
      await response.body?.cancel();
      throw new Error(`status ${response.status}`);
    } catch (cause) {
      const { message } = cause as Error;
      throw new ServiceError('DEPLOYER_UNAVAILABLE', 503, `${url}: ${message}`, { url }, { cause, retryable: true });
    }
  }
}
