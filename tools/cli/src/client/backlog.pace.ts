import type { PlatformClient } from './platform.client';

interface BacklogView {
  full: boolean;
  messages: number;
  retryAfterSeconds: number | null;
}

export interface PaceOptions {
  /** Waits; rejects when the person interrupts. */
  pause: (milliseconds: number) => Promise<void>;
  onWait: (messages: number, seconds: number) => void;
}

/** The backlog is asked for again after so long at most, as it may shrink sooner than expected. */
const LONGEST_PAUSE_SECONDS = 5;

/** Resolves at once while the platform keeps up, else when its backlog has shrunk. One that cannot tell is not waited for. */
export async function waitForBacklog(
  client: Pick<PlatformClient, 'get'>,
  dataset: string,
  { pause, onWait }: PaceOptions,
): Promise<void> {
  for (;;) {
    const path = `/api/v1/datasets/${encodeURIComponent(dataset)}/backlog`;
    const backlog = await client.get<BacklogView>(path).catch(() => null);
    if (!backlog?.full) return;
    const seconds = Math.min(LONGEST_PAUSE_SECONDS, backlog.retryAfterSeconds ?? 1);
    onWait(backlog.messages, seconds);
    await pause(seconds * 1_000);
  }
}
