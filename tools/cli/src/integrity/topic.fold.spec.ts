import { type PredictionBatch, predictionsMadeV3 } from '@perennial/contracts';
import { type BrokerRecord, emit, type OutgoingEvent, stampEvents } from '@perennial/messaging';
import { SubmittedRows } from './submitted.rows';
import { TopicFold } from './topic.fold';

const stamp = { source: '/perennial/inference', clock: { now: () => new Date(0) }, newId: () => 'event' };
const from = { pipeline: 'credit', replicaId: 'r1' };
const arms = ['v1', 'v2'].map((version) => ({ arm: version, version, experimentId: 'e' }));

/** Of one prediction for each pair: the arm's place, and the minute. */
function batchOf(batchId: string, ...made: [arm: number, minute: number][]): PredictionBatch {
  const all = <T>(value: T) => made.map(() => value);
  const predictions = {
    ...{ arm: made.map(([arm]) => arm), at: made.map(([, minute]) => Date.parse(`2026-03-02T10:0${minute}:00.000Z`)) },
    ...{ probability: all(0.5), prediction: all(1 as const), latencyMs: all(1) },
    inputDigest: all(`sha256:${'0'.repeat(64)}`),
  };
  return { ...from, batchId, arms, predictions };
}

function recordOf(event: OutgoingEvent): BrokerRecord {
  const [entry] = stampEvents([event], {}, stamp);
  const { topic, key, value, headers } = entry!;
  const bytes = Object.entries(headers).map(([name, text]) => [name, Buffer.from(text)] as const);
  const place = { topic, partition: 0, offset: '0', timestamp: 0 };
  return { ...place, key: Buffer.from(key), value: Buffer.from(value), headers: Object.fromEntries(bytes) };
}

it('what answered is told by every prediction of a batch', () => {
  const fold = new TopicFold(new SubmittedRows([], undefined));
  fold.take(recordOf(emit(predictionsMadeV3, batchOf('b000', [0, 1], [1, 2], [0, 3]))));
  fold.take(recordOf(emit(predictionsMadeV3, batchOf('p000', [1, 4]))));
  const served = { pipeline: 'credit', replica: 'r1' };
  expect(fold.served.result()).toEqual([
    { ...served, version: 'v1', from: '2026-03-02T10:01:00.000Z', to: '2026-03-02T10:03:00.000Z', answers: 2 },
    { ...served, version: 'v2', from: '2026-03-02T10:02:00.000Z', to: '2026-03-02T10:04:00.000Z', answers: 2 },
  ]);
  expect(fold.events).toEqual([]);
});
