import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Sinks } from './sinks.servers';
import { hasty, retryAfterSeconds } from './sinks.troubles';

describe('pauses between tries', () => {
  it('may be longer than asked for, not shorter', () => {
    expect(hasty([0, 3_000, 6_500], 3_000)).toEqual([]);
    expect(hasty([0, 1_000, 4_000], 3_000)).toEqual([1_000]);
    expect(hasty([0], 3_000)).toEqual([]);
  });
});

describe('a sink in trouble', () => {
  const home = mkdtempSync(join(tmpdir(), 'sinks-'));
  let sinks: Sinks;
  let url: string;
  beforeAll(async () => {
    sinks = await Sinks.start(home);
    url = sinks.environment.PAGERDUTY_URL!;
  }, 60_000);
  afterAll(async () => {
    await sinks.stop();
    rmSync(home, { recursive: true, force: true });
  });

  const page = (dedupKey: string) =>
    fetch(url, { method: 'POST', body: JSON.stringify({ event_action: 'trigger', dedup_key: dedupKey }) });

  it('is so for one pipeline, and keeps what it heard', async () => {
    await sinks.trouble('pagerduty', 'p', 'too-many-requests');
    const refused = await page('p/2026-03-02');
    expect([refused.status, refused.headers.get('retry-after')]).toEqual([429, String(retryAfterSeconds)]);
    expect((await page('q/2026-03-02')).status).toBe(202);
    await sinks.mend('pagerduty', 'p');
    expect((await page('p/2026-03-02')).status).toBe(202);
    expect(sinks.heard.map(({ channel, dedupKey, status }) => [channel, dedupKey, status])).toEqual([
      ['pagerduty', 'p/2026-03-02', 429],
      ['pagerduty', 'q/2026-03-02', 202],
      ['pagerduty', 'p/2026-03-02', 202],
    ]);
  });

  it('hangs up, and is down, for as long as it is not mended', async () => {
    await sinks.trouble('pagerduty', 'p', 'hanging-up');
    await expect(page('p/x')).rejects.toThrow();
    await sinks.trouble('pagerduty', 'p', 'down');
    await expect(page('q/x')).rejects.toThrow();
    await sinks.mend('pagerduty', 'p');
    expect((await page('p/x')).status).toBe(202);
  });
});
