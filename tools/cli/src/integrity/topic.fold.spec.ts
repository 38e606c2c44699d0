import { type DataOf, predictionsMadeV2 } from '@perennial/contracts';
import { type BrokerRecord, emit, type OutgoingEvent, stampEvents } from '@perennial/messaging';
import { SubmittedRows } from './submitted.rows';
import { TopicFold } from './topic.fold';

type Made = DataOf<typeof predictionsMadeV2>['predictions'][number];

const stamp = { source: '/perennial/inference', clock: { now: () => new Date(0) }, newId: () => 'event' };
const from = { pipeline: 'credit', replicaId: 'r1' };
const made = (predictionId: string, version: string, minute: number): Made => ({
  ...{ predictionId, version, inputDigest: `sha256:${'0'.repeat(64)}`, probability: 0.5, prediction: 1, latencyMs: 1 },
  at: `2026-03-02T10:0${minute}:00.000Z`,
});

function recordOf(event: OutgoingEvent): BrokerRecord {
  const [entry] = stampEvents([event], {}, stamp);
  const { topic, key, value, headers } = entry!;
  const bytes = Object.entries(headers).map(([name, text]) => [name, Buffer.from(text)] as const);
  const place = { topic, partition: 0, offset: '0', timestamp: 0 };
  return { ...place, key: Buffer.from(key), value: Buffer.from(value), headers: Object.fromEntries(bytes) };
}

it('what answered is told by every prediction of a batch', () => {
  const fold = new TopicFold(new SubmittedRows([], undefined));
  const predictions = [made('b0', 'v1', 1), made('b1', 'v2', 2), made('b2', 'v1', 3)];
  fold.take(recordOf(emit(predictionsMadeV2, { ...from, batchId: 'b0', predictions })));
  fold.take(recordOf(emit(predictionsMadeV2, { ...from, batchId: 'p', predictions: [made('p', 'v2', 4)] })));
  const served = { pipeline: 'credit', replica: 'r1' };
  expect(fold.served.result()).toEqual([
    { ...served, version: 'v1', from: '2026-03-02T10:01:00.000Z', to: '2026-03-02T10:03:00.000Z', answers: 2 },
    { ...served, version: 'v2', from: '2026-03-02T10:02:00.000Z', to: '2026-03-02T10:04:00.000Z', answers: 2 },
  ]);
  expect(fold.events).toEqual([]);
});
