import { randomUUID } from 'node:crypto';
import { type PredictionBatch, predictionsMadeV3, predictionsOf } from '@perennial/contracts';
import { type OutgoingRecord, type Publisher, silentLogger } from '@perennial/messaging';
import { CountingMetrics } from '../testing/fake.model';
import { PredictionLog } from './prediction.log';

const stamp = { source: '/perennial/inference', clock: { now: () => new Date(0) }, newId: () => randomUUID() };
const made = {
  ...{ version: 'v1', arm: 'stable', experimentId: 'e', inputDigest: `sha256:${'0'.repeat(64)}` },
  ...{ probability: 0.5, prediction: 1 as const, latencyMs: 1, at: 0 },
};

const idsIn = (value: unknown): string[] =>
  predictionsOf(JSON.parse(String(value)) as PredictionBatch).map(({ predictionId }) => predictionId);

class SwitchablePublisher implements Publisher {
  away = false;
  readonly batches: string[][] = [];

  async publish(records: readonly OutgoingRecord[]): Promise<void> {
    if (this.away) throw Object.assign(new Error('away'), { code: 'BROKER_UNAVAILABLE' });
    this.batches.push(
      records.flatMap(({ topic, value }) => (topic === predictionsMadeV3.topic.name ? idsIn(value) : [topic])),
    );
  }
}

function logOf(capacity: number) {
  const publisher = new SwitchablePublisher();
  const metrics = new CountingMetrics();
  const log = new PredictionLog(publisher, stamp, metrics, silentLogger, {
    replicaId: 'r',
    capacity,
    intervalMs: 1_000,
  });
  return { log, publisher, metrics };
}

/** For a batch to go: it is built in one turn of the event loop and published in the next. */
const turns = async (): Promise<void> => {
  for (let n = 0; n < 3; n += 1) await new Promise((resolve) => setImmediate(resolve));
};

describe('the prediction log', () => {
  it('publishes in batches, in order', async () => {
    const { log, publisher } = logOf(2_000);
    const ids = Array.from({ length: 1_950 }, () => log.add('credit', made));
    await expect(log.flush()).resolves.toBe(true);
    expect(publisher.batches.map(({ length }) => length)).toEqual([1_000, 950]);
    expect(publisher.batches.flat()).toEqual(ids);
  });

  it('while the broker is away keeps the newest up to its bound, counts the rest, and publishes them later', async () => {
    const { log, publisher, metrics } = logOf(3);
    publisher.away = true;
    const tried = [log.add('credit', made), log.add('credit', made)];
    await expect(log.flush()).resolves.toBe(false);
    log.add('churn', made);
    const kept = Array.from({ length: 3 }, () => log.add('credit', made));
    expect(metrics.dropped).toBe(1);
    publisher.away = false;
    await log.flush();
    expect(publisher.batches).toEqual([tried, kept]);
  });

  it('tries the same batch again, with the same event ids', async () => {
    const events: unknown[] = [];
    const publisher = {
      publish: async (records: readonly unknown[]) => {
        events.push(records);
        if (events.length === 1) throw Object.assign(new Error('away'), { code: 'BROKER_UNAVAILABLE' });
      },
    };
    const options = { replicaId: 'r', capacity: 9, intervalMs: 1_000 };
    const log = new PredictionLog(publisher, stamp, new CountingMetrics(), silentLogger, options);
    log.add('credit', made);
    await log.flush();
    await log.flush();
    expect(events).toHaveLength(2);
    expect(events[1]).toEqual(events[0]);
  });

  it('publishes a full batch at once, and leaves the rest to the interval', async () => {
    const { log, publisher } = logOf(2_000);
    Array.from({ length: 1_050 }, () => log.add('credit', made));
    await turns();
    expect(publisher.batches.map(({ length }) => length)).toEqual([1_000]);
    await log.flush();
    await log.flush();
    expect(publisher.batches.map(({ length }) => length)).toEqual([1_000, 50]);
  });

  it('leaves what comes while it publishes to the next batch', async () => {
    const { log, publisher } = logOf(2_000);
    const first = log.add('credit', made);
    const flushed = log.flush();
    const second = log.add('credit', made);
    await flushed;
    expect(publisher.batches).toEqual([[first]]);
    await log.flush();
    expect(publisher.batches).toEqual([[first], [second]]);
  });

  it('lets a batch fill while full ones go, and publishes what waits when none did', async () => {
    jest.useFakeTimers({ doNotFake: ['setImmediate', 'nextTick'] });
    const { log, publisher } = logOf(2_000);
    const sizes = () => publisher.batches.map(({ length }) => length);
    log.start();
    Array.from({ length: 1_050 }, () => log.add('credit', made));
    await turns();
    jest.advanceTimersByTime(1_000);
    await turns();
    expect(sizes()).toEqual([1_000]);
    jest.advanceTimersByTime(1_000);
    await turns();
    expect(sizes()).toEqual([1_000, 50]);
    await log.stop();
    jest.useRealTimers();
  });

  it('ends when what it was to publish went for newer ones', async () => {
    const { log, publisher, metrics } = logOf(2_000);
    Array.from({ length: 1_100 }, () => log.add('credit', made));
    const flushed = log.flush();
    // Larger than all that may wait together.
    log.add('credit', { ...made, inputBytes: 33 * 1024 * 1024 });
    await flushed;
    expect(publisher.batches.map(({ length }) => length)).toEqual([1_000, 1]);
    expect(metrics.dropped).toBe(100);
  });

  it('publishes what waits when it stops', async () => {
    const { log, publisher, metrics } = logOf(10);
    log.start();
    const id = log.add('credit', made);
    await log.stop();
    expect(publisher.batches).toEqual([[id]]);
    expect(metrics.dropped).toBe(0);
  });

  it('counts what it could not publish when it stops', async () => {
    const { log, publisher, metrics } = logOf(10);
    publisher.away = true;
    log.add('credit', made);
    log.add('churn', made);
    await log.stop();
    expect(metrics.dropped).toBe(2);
  });
});
