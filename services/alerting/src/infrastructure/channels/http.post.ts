import { resultOfStatus, type DeliveryResult } from '../../domain/delivery.policy';

export interface HttpPost {
  url: string;
  body: string;
  headers: Record<string, string>;
}

/** Nothing was sent: there was no connection. */
const UNSENT: readonly unknown[] = ['ECONNREFUSED', 'ENOTFOUND', 'EAI_AGAIN', 'EHOSTUNREACH', 'ENETUNREACH'];

function failureOf(error: unknown): DeliveryResult {
  const { cause, message } = error as Error;
  const reason = cause instanceof Error && cause.message ? cause.message : message;
  const unsent = UNSENT.includes((cause as { code?: unknown } | undefined)?.code);
  return { outcome: unsent ? 'unavailable' : 'unanswered', reason };
}

/** One POST, no redirects followed. An answer that does not come within `timeoutMs` counts as none. */
export async function post(
  { url, body, headers }: HttpPost,
  timeoutMs: number,
  now: () => number,
  signal: AbortSignal,
): Promise<DeliveryResult> {
  const limit = AbortSignal.any([signal, AbortSignal.timeout(timeoutMs)]);
  try {
    const response = await fetch(url, { method: 'POST', body, headers, redirect: 'manual', signal: limit });
    const answer = await response.text();
    return resultOfStatus(response.status, answer, response.headers.get('retry-after'), now());
  } catch (error) {
    return failureOf(error);
  }
}
