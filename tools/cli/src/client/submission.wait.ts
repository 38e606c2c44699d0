import { setTimeout as sleep } from 'node:timers/promises';
import { CommandError, failed, interrupted } from '../command.error';
import type { PlatformClient } from './platform.client';
import type { SubmissionView } from './platform.views';
import { versionPath } from './version.path';

export interface SubmissionWait {
  timeoutMs: number;
  signal: AbortSignal;
  /** Told of each state that the submission and its version reach. */
  onState: (state: string) => void;
}

export interface SubmissionOutcome extends SubmissionView {
  /** Of the version; null where there is none. */
  versionState: string | null;
}

const pollMs = 500;

async function look(client: PlatformClient, { pipeline, name }: SubmissionView): Promise<SubmissionOutcome | null> {
  try {
    const path = `/api/v1/models/${encodeURIComponent(pipeline)}/submissions/${encodeURIComponent(name)}`;
    const submission = await client.get<SubmissionView>(path);
    if (submission.version === null) return { ...submission, versionState: null };
    const { state } = await client.get<{ state: string }>(versionPath(pipeline, submission.version));
    return { ...submission, versionState: state };
  } catch (error) {
    // The service is being restarted: that passes.
    if (error instanceof CommandError && error.code === 'SERVICE_UNAVAILABLE') return null;
    throw error;
  }
}

/** Resolves once the submission is refused, or is a version. @throws CommandError after the time is over */
export async function awaitSubmission(
  client: PlatformClient,
  submitted: SubmissionView,
  { timeoutMs, signal, onState }: SubmissionWait,
): Promise<SubmissionOutcome> {
  const deadline = performance.now() + timeoutMs;
  for (let last = ''; ;) {
    const now = await look(client, submitted);
    const state = now === null ? last : now.state === 'submitted' ? 'waiting to be judged' : now.state;
    if (state !== last) onState(state);
    last = state;
    if (now && now.state !== 'submitted') return now;
    if (performance.now() > deadline) {
      const hint = 'submit the same file again to go on waiting: it is the same submission';
      throw failed(`no verdict after ${Math.round(timeoutMs / 1000)} s on ${submitted.submissionId}`, { hint });
    }
    await sleep(pollMs, undefined, { signal }).catch(() => {
      throw interrupted();
    });
  }
}
