import { trafficObservedV1 } from '@perennial/contracts';
import { emit, noMetrics, type OutboxEntry, Refusals, silentLogger, stampEvents } from '@perennial/messaging';
import { InMemoryDeadLetters } from '@perennial/messaging/testing';
import { countsOf } from '../domain/observation';
import { released } from '../testing/deployment.examples';
import { InMemoryObservationStore } from '../testing/in-memory.stores';
import { seen } from '../testing/observation.examples';
import { HearObservations } from './hear.observations';

const clock = { now: () => new Date(0) };
const traffic = released('v1').traffic!;

function setup() {
  const store = new InMemoryObservationStore();
  const deadLetters = new InMemoryDeadLetters();
  const refusals = new Refusals({ deadLetters, group: 'g', clock, metrics: noMetrics, logger: silentLogger });
  const hear = new HearObservations(new Set(['credit']), store, refusals);
  const record = (replicaId: string, rows: number, at: number, changes = {}) => {
    const { since, ...observed } = seen(traffic, { stable: { rows } }, { replicaId, ...changes });
    const data = { ...observed, since: new Date(since).toISOString(), at: new Date(at).toISOString() };
    const stamp = { source: 's', clock, newId: () => 'e' };
    const [{ topic, key, value, headers }] = stampEvents([emit(trafficObservedV1, data)], {}, stamp) as [OutboxEntry];
    const bytes = Object.entries(headers).map(([name, text]) => [name, Buffer.from(text)] as const);
    const place = { topic, partition: 0, offset: '0', timestamp: 0 };
    return { ...place, key: Buffer.from(key), value: Buffer.from(value), headers: Object.fromEntries(bytes) };
  };
  const run = (...records: ReturnType<typeof record>[]) => hear.run({ topic: 't', partition: 0, records });
  const rows = async () => countsOf(await store.of('credit', traffic.experimentId), traffic.sequence, 'stable').rows;
  return { record, run, rows };
}

describe('what replicas observed', () => {
  it('is summed over replicas by the newest report of each, whatever is lost, late or repeated', async () => {
    const { record, run, rows } = setup();
    const [first, second, third] = [record('a', 4, 10), record('a', 12, 20), record('a', 40, 30)];
    await run(first, third);
    await run(second, third, first);
    expect(await rows()).toBe(40);
    await run(record('b', 8, 10));
    expect(await rows()).toBe(48);
  });

  it('of an earlier life of a replica still counts', async () => {
    const { record, run, rows } = setup();
    await run(record('a', 40, 10), record('a', 4, 20, { since: 15 }));
    expect(await rows()).toBe(44);
  });

  it('of other pipelines and other traffic is left out', async () => {
    const { record, run, rows } = setup();
    await run(record('a', 40, 10, { pipeline: 'churn' }), record('a', 40, 10, { sequence: 9 }));
    expect(await rows()).toBe(0);
  });
});
