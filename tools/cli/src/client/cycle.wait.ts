import { setTimeout as sleep } from 'node:timers/promises';
import { CommandError, failed, interrupted } from '../command.error';
import { stageOfDay } from './day.stage';
import type { PlatformClient } from './platform.client';
import { type CycleDetail, terminalStatuses } from './platform.views';

export interface WaitOptions {
  pipeline: string;
  dataset: string;
  day: string;
  timeoutMs: number;
  signal: AbortSignal;
  /** Told of each status that the cycle reaches. */
  onStatus: (status: string) => void;
}

const pollMs = 500;

const cycleNow = async (client: PlatformClient, pipeline: string, day: string): Promise<CycleDetail | null> => {
  try {
    return await client.get<CycleDetail>(`/api/v1/cycles/${encodeURIComponent(pipeline)}/${day}`);
  } catch (error) {
    // Not begun yet, or the service is being restarted: both pass.
    if (error instanceof CommandError && ['CYCLE_NOT_FOUND', 'SERVICE_UNAVAILABLE'].includes(error.code)) return null;
    throw error;
  }
};

/** Resolves with the cycle once it has its verdict. @throws CommandError after the time is over */
export async function awaitVerdict(client: PlatformClient, options: WaitOptions): Promise<CycleDetail> {
  const { pipeline, dataset, day, timeoutMs, signal, onStatus } = options;
  const deadline = performance.now() + timeoutMs;
  let last = '';
  for (;;) {
    const cycle = await cycleNow(client, pipeline, day);
    const attempt = cycle?.attempts ? ` (attempt ${cycle.attempts})` : '';
    const status = cycle ? `${cycle.status}${attempt}` : await stageOfDay(client, dataset, day);
    if (status !== last) onStatus(status);
    last = status;
    if (cycle && terminalStatuses.includes(cycle.status)) return cycle;
    if (performance.now() > deadline) {
      const hint = `follow it with: perennial cycles --pipeline ${pipeline} --day ${day}`;
      throw failed(`no verdict after ${Math.round(timeoutMs / 1000)} s; the cycle is ${status}`, { hint });
    }
    await sleep(pollMs, undefined, { signal }).catch(() => {
      throw interrupted();
    });
  }
}
