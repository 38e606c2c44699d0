import { resultOfStatus, type DeliveryResult } from '../../domain/delivery.policy';

export interface HttpPost {
  url: string;
  body: string;
  headers: Record<string, string>;
}

const reasonOf = (error: unknown): string => {
  const { cause, message } = error as Error;
  return cause instanceof Error && cause.message ? cause.message : message;
};

/** One POST, no redirects followed. An answer that does not come within `timeoutMs` counts as unavailable. */
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
    return { outcome: 'unavailable', reason: reasonOf(error) };
  }
}
