import { get } from 'node:http';
import { text } from 'node:stream/consumers';

/** When a service's process was started by its own clock, in epoch milliseconds, as its metrics tell. */
export async function startOf(url: string): Promise<number> {
  const metrics = await new Promise<string>((resolve, reject) => {
    // Not by fetch: it refuses some ports, among them 6566, which feature stores use.
    const request = get(`${url}/metrics`, { agent: false, timeout: 10_000 }, (answer) =>
      text(answer).then(resolve, reject),
    );
    request.once('timeout', () => request.destroy(new Error(`${url}/metrics did not answer`))).once('error', reject);
  });
  const line = /^process_start_time_seconds\S* (\S+)$/m.exec(metrics);
  if (!line) throw new Error(`${url}/metrics does not tell when the process was started`);
  return Number(line[1]) * 1000;
}
