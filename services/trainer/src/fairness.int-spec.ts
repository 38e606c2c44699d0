import { randomUUID } from 'node:crypto';
import { retrainingRequestedV1 } from '@perennial/contracts';
import { emit } from '@perennial/messaging';
import { eventually, type ServiceUnderTest, startForTest } from '@perennial/service-testing';
import type { RunView } from './application/show.runs';
import { trainerService } from './service';
import { PeerServices } from './testing/peer.services';
import { mostTurnsWhileOthersWaited, type SimulatedClaim } from './testing/queue.simulation';
import { exampleRequest, pipelineYaml, rainRows } from './testing/run.examples';

const suffix = randomUUID().slice(0, 8);
const pipelines = Array.from({ length: 8 }, (_, index) => `rain-${index}-${suffix}`);
const days = ['2026-01-04', '2026-01-05'];
const concurrency = 2;
const quick = (name: string): string => pipelineYaml(name).replace('epochs: 4', 'epochs: 1');

describe('eight pipelines with two runs each at the same moment', () => {
  const peers = new PeerServices();
  let service: ServiceUnderTest;
  let runs: RunView[];

  beforeAll(async () => {
    peers.batches.set('good', rainRows(200));
    const peersUrl = await peers.start();
    service = await startForTest(trainerService, {
      env: {
        ...process.env,
        FEATURE_STORE_URL: peersUrl,
        PREPROCESSING_URL: peersUrl,
        TRAINER_CONCURRENCY: String(concurrency),
      },
      pipelines: pipelines.map(quick),
    });
    for (const pipeline of pipelines) {
      for (const day of days) {
        const [runId, cycleId] = [`${pipeline}.${day}.1`, `${pipeline}/${day}`];
        const data = exampleRequest({ pipeline, day, runId, cycleId, batches: ['good'] });
        await service.publish(emit(retrainingRequestedV1, data), { correlationId: cycleId });
      }
    }
    runs = await eventually(finished, 120_000);
  }, 180_000);

  afterAll(async () => {
    await service?.close();
    await peers.stop();
  }, 60_000);

  /** All runs, once they are over. */
  async function finished(): Promise<RunView[] | undefined> {
    const response = await fetch(`${service.url}/api/v1/runs?limit=1000`);
    const { runs: all } = (await response.json()) as { runs: RunView[] };
    const over = all.filter(({ finishedAt }) => finishedAt !== null);
    return over.length === pipelines.length * days.length ? over : undefined;
  }

  it('all finish', () => {
    expect(runs.map(({ state }) => state)).toEqual(runs.map(() => 'completed'));
  });

  it('no more are trained at once than declared', () => {
    const moments = runs.flatMap(({ claimedAt, finishedAt }) => [
      { at: Date.parse(String(claimedAt)), change: 1 },
      { at: Date.parse(String(finishedAt)), change: -1 },
    ]);
    let active = 0;
    const counts = moments.sort((a, b) => a.at - b.at || a.change - b.change).map(({ change }) => (active += change));
    expect(Math.max(...counts)).toBe(concurrency);
  });

  it('no pipeline takes two turns while another one waits', () => {
    const claims = runs.map(({ runId, pipeline, readyAt, claimedAt, queuedAt }): SimulatedClaim => {
      // Taken up once: what it waited for is from when it was queued.
      expect(readyAt).toBe(claimedAt);
      return { runId, pipeline, readyAt: Date.parse(queuedAt), at: Date.parse(String(claimedAt)) };
    });
    expect(mostTurnsWhileOthersWaited(claims.sort((a, b) => a.at - b.at))).toBeLessThanOrEqual(1);
  });

  it('the metrics tell how many wait and for how long', async () => {
    const metrics = await (await fetch(`${service.url}/metrics`)).text();
    expect(metrics).toMatch(/perennial_training_wait_seconds_count\{service="trainer"\} 16/);
    expect(metrics).toMatch(/perennial_training_runs_waiting\{service="trainer"\} 0/);
  });
});
