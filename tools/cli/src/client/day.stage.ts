import { CommandError, failed } from '../command.error';
import type { PlatformClient } from './platform.client';

interface PreparationView {
  state: 'queued' | 'waiting' | 'unusable' | 'failed' | 'prepared';
  reason?: string;
}

const passing = ['UNKNOWN_BATCH', 'UNKNOWN_DAY', 'SERVICE_UNAVAILABLE'];

async function found<T>(client: PlatformClient, path: string): Promise<T | null> {
  try {
    return await client.get<T>(path);
  } catch (error) {
    // Not there yet, or the service is being restarted: both pass.
    if (error instanceof CommandError && passing.includes(error.code)) return null;
    throw error;
  }
}

/**
 * Where a day is that has no cycle yet, in words.
 * @throws CommandError where it can have none: a reference day that nothing can be fitted on, a day that cannot be prepared
 */
export async function stageOfDay(client: PlatformClient, dataset: string, day: string): Promise<string> {
  const id = `${encodeURIComponent(dataset)}/${day}`;
  const preparation = await found<PreparationView>(client, `/api/v1/preprocessing/batches/${id}`);
  if (preparation?.state === 'waiting') return 'waiting for the reference day, which was not submitted yet';
  if (preparation?.state === 'unusable') {
    const hint = `correct the data and submit the reference day again: perennial submit FILE --day ${day} …`;
    throw failed(`the reference day ${day} cannot be fitted: ${preparation.reason ?? 'unknown'}`, { hint });
  }
  if (preparation?.state === 'failed') {
    const hint = `remove the cause, then POST /api/v1/preprocessing/batches/${id}/retry`;
    throw failed(`the day ${day} cannot be prepared: ${preparation.reason ?? 'unknown'}`, { hint });
  }
  if (preparation?.state === 'queued') return 'waiting to be prepared';
  if (preparation) return 'waiting for the feature view';
  const ingested = await found<{ state: string }>(
    client,
    `/api/v1/datasets/${encodeURIComponent(dataset)}/days/${day}`,
  );
  return ingested?.state === 'collecting' ? 'waiting for the day to be closed' : 'waiting for the day to be prepared';
}
