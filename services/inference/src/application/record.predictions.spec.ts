import { type PredictionBatch, predictionsMadeV3 } from '@perennial/contracts';
import { type BrokerRecord, emit, noMetrics, Refusals, silentLogger, stampEvents } from '@perennial/messaging';
import { InMemoryDeadLetters } from '@perennial/messaging/testing';
import { append, emptyBatch, publishedBatch } from '../domain/logged.prediction';
import { RecordPredictions } from './record.predictions';

const clock = { now: () => new Date(0) };
const stamp = { source: '/perennial/inference', clock, newId: () => 'event' };

function recordOf(batchId: string, pipeline: string, size = 1): BrokerRecord {
  const made = {
    ...{ version: 'v1', arm: 'a', experimentId: 'e', inputDigest: `sha256:${'0'.repeat(64)}` },
    ...{ probability: 0.5, prediction: 1 as const, latencyMs: 1, at: 0 },
  };
  const batch = emptyBatch(batchId, pipeline);
  for (let n = 0; n < size; n += 1) append(batch, made);
  const [entry] = stampEvents([emit(predictionsMadeV3, publishedBatch(batch, 'r'))], {}, stamp);
  if (!entry) throw new Error('nothing was stamped');
  const headers = Object.entries(entry.headers).map(([name, value]) => [name, Buffer.from(value)] as const);
  const position = { topic: entry.topic, partition: 0, offset: '0', timestamp: 0 };
  return {
    ...position,
    key: Buffer.from(entry.key),
    value: Buffer.from(entry.value),
    headers: Object.fromEntries(headers),
  };
}

function setup() {
  const stored: PredictionBatch[] = [];
  const joined: string[] = [];
  const writes: string[][] = [];
  const add = async (made: readonly PredictionBatch[]) => {
    writes.push(made.map(({ batchId }) => batchId));
    stored.push(...made);
  };
  const store = { add, newest: async () => [] };
  const labels = { join: async (ids: readonly string[]) => void joined.push(...ids) };
  const deadLetters = new InMemoryDeadLetters();
  const group = 'inference.predictions';
  const refusals = new Refusals({ deadLetters, group, clock, metrics: noMetrics, logger: silentLogger });
  const record = new RecordPredictions(new Set(['credit']), store, labels, refusals);
  const run = (records: BrokerRecord[]) => record.run({ topic: 't', partition: 0, records });
  return { stored, writes, joined, deadLetters, run };
}

describe('recording predictions', () => {
  it('stores those of declared pipelines', async () => {
    const { stored, joined, deadLetters, run } = setup();
    await run([recordOf('p1', 'credit'), recordOf('p2', 'elsewhere'), recordOf('p3', 'credit')]);
    expect(stored.map(({ batchId }) => batchId)).toEqual(['p1', 'p3']);
    expect(joined).toEqual(['p1', 'p3']);
    expect(deadLetters.letters).toEqual([]);
  });

  it('writes small batches together, and large ones by themselves', async () => {
    const { writes, run } = setup();
    const sizes = { p1: 1, p2: 2, p3: 1_000, p4: 1_000, p5: 1 };
    await run(Object.entries(sizes).map(([id, size]) => recordOf(id, 'credit', size)));
    expect(writes).toEqual([['p1', 'p2', 'p3'], ['p4'], ['p5']]);
  });

  it('keeps what cannot be read as a dead letter, and stores the rest', async () => {
    const { stored, deadLetters, run } = setup();
    const broken = { ...recordOf('p1', 'credit'), value: Buffer.from('{') };
    const invalid = { ...recordOf('p2', 'credit'), value: Buffer.from('{"batchId":"p2"}') };
    await run([broken, invalid, recordOf('p3', 'credit')]);
    expect(stored.map(({ batchId }) => batchId)).toEqual(['p3']);
    expect(deadLetters.letters).toMatchObject([
      { code: 'MALFORMED_DATA', group: 'inference.predictions' },
      { code: 'INVALID_DATA', group: 'inference.predictions' },
    ]);
  });

  it('takes newer versions, and no other event', async () => {
    const { stored, deadLetters, run } = setup();
    const typed = (id: string, type: string) => {
      const record = recordOf(id, 'credit');
      return { ...record, headers: { ...record.headers, ce_type: Buffer.from(type) } };
    };
    await run([typed('p1', 'perennial.inference.v4.predictions-made'), typed('p2', 'perennial.inference.v1.other')]);
    expect(stored.map(({ batchId }) => batchId)).toEqual(['p1']);
    expect(deadLetters.letters).toMatchObject([{ code: 'UNKNOWN_TYPE' }]);
  });
});
