import { request } from 'node:http';
import { text } from 'node:stream/consumers';

export interface FreshRequest {
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Buffer;
}

/**
 * An HTTP request on a connection of its own. `fetch` takes one that has been idle for as long as a test may last, and
 * the server may be closing it just then.
 */
export function freshRequest(
  url: string,
  { method = 'GET', headers, body }: FreshRequest = {},
): Promise<{ status: number; text: string }> {
  return new Promise((resolve, reject) => {
    const asked = request(url, { method, headers, agent: false });
    asked.once('error', reject).once('response', (answer) => {
      text(answer).then((told) => resolve({ status: answer.statusCode ?? 0, text: told }), reject);
    });
    asked.end(body);
  });
}
