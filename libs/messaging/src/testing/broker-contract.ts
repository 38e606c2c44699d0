import type { BatchHandler, Consumer, Publisher, RecordHandler, RunningConsumer } from '../ports';
import type { BrokerRecord } from '../record';
import { eventually } from './eventually';

/** What the suite needs from an adapter. Topics and groups get fresh names, so one broker serves all tests. */
export interface BrokerHarness {
  publisher: Publisher;
  consumer: Consumer;
  createTopic(name: string, partitions: number): Promise<void>;
  /** Sum of the committed offsets over the topic's partitions. */
  committed(group: string, topic: string): Promise<number>;
  close(): Promise<void>;
}

/** What every broker adapter guarantees. `unique` makes names that this broker has not seen. */
export function describeBrokerContract(
  name: string,
  factory: () => Promise<BrokerHarness>,
  unique: (prefix: string) => string,
): void {
  describe(`broker contract: ${name}`, () => {
    let harness: BrokerHarness;
    let topic: string;
    let group: string;
    const running: RunningConsumer[] = [];

    const consume = async (onRecord: RecordHandler, groupId = group) => {
      const consumer = await harness.consumer.run({ group: groupId, topics: [topic], onRecord });
      running.push(consumer);
      return consumer;
    };
    const consumeBatches = async (onBatch: BatchHandler) =>
      running.push(await harness.consumer.run({ group, topics: [topic], onBatch }));
    const publish = (...values: [key: string, value: string][]) =>
      harness.publisher.publish(values.map(([key, value]) => ({ topic, key, value, headers: {} })));
    const committed = async (count: number) => (await harness.committed(group, topic)) === count;

    beforeAll(async () => {
      harness = await factory();
    }, 60_000);
    afterAll(() => harness.close(), 60_000);
    beforeEach(async () => {
      topic = unique('topic');
      group = unique('group');
      await harness.createTopic(topic, 3);
    });
    afterEach(async () => {
      await Promise.all(running.splice(0).map((consumer) => consumer.stop()));
    }, 60_000);

    it('keeps key, value and headers byte by byte', async () => {
      const bytes = Buffer.from([0, 255, 128, 10, 13]);
      const received: BrokerRecord[] = [];
      await harness.publisher.publish([{ topic, key: bytes, value: bytes, headers: { text: 'ä', binary: bytes } }]);
      await consume(async (record) => void received.push(record));
      await eventually(() => received.length === 1);
      const [record] = received;
      expect(record).toMatchObject({ topic, offset: '0', headers: { text: Buffer.from('ä'), binary: bytes } });
      expect(record?.key?.equals(bytes)).toBe(true);
      expect(record?.value?.equals(bytes)).toBe(true);
    }, 60_000);

    it('delivers a null key and a null value', async () => {
      const received: BrokerRecord[] = [];
      await harness.publisher.publish([{ topic, key: null, value: null, headers: {} }]);
      await consume(async (record) => void received.push(record));
      await eventually(() => received.length === 1);
      expect(received[0]).toMatchObject({ key: null, value: null });
    }, 60_000);

    it('keeps the order of each key', async () => {
      const received = new Map<string, number[]>();
      const keys = ['a', 'b', 'c', 'd', 'e'];
      for (let n = 0; n < 20; n++) await publish(...keys.map((key): [string, string] => [key, String(n)]));
      await consume(async ({ key, value }) => {
        const number = Number(value);
        // Later records finish sooner when their order is not kept.
        await new Promise((resolve) => setTimeout(resolve, (20 - number) / 4));
        received.set(String(key), [...(received.get(String(key)) ?? []), number]);
      });
      await eventually(() => [...received.values()].flat().length >= 100);
      for (const key of keys) expect(received.get(key)).toEqual(Array.from({ length: 20 }, (_, n) => n));
    }, 60_000);

    it('delivers again what a handler rejected, before later records of its key', async () => {
      const seen: string[] = [];
      await publish(['k', '1'], ['k', '2']);
      await consume(async ({ value }) => {
        seen.push(String(value));
        if (seen.length === 1) throw new Error('first try fails');
      });
      await eventually(() => seen.length >= 3);
      expect(seen).toEqual(['1', '1', '2']);
    }, 60_000);

    it('commits only after the effect', async () => {
      let finish = () => {};
      let started = false;
      await publish(['k', '1']);
      await consume(async () => {
        started = true;
        await new Promise<void>((resolve) => (finish = resolve));
      });
      await eventually(() => started);
      expect(await harness.committed(group, topic)).toBe(0);
      finish();
      await eventually(() => committed(1));
    }, 60_000);

    it('hands unfinished work back at stop and does not repeat finished work', async () => {
      const first: string[] = [];
      await publish(['k', 'done']);
      const consumer = await consume(async ({ value }, { signal }) => {
        if (String(value) === 'done') return void first.push('done');
        first.push('taken');
        await new Promise((_, reject) => signal.addEventListener('abort', () => reject(new Error('handed back'))));
      });
      await eventually(() => committed(1));
      await publish(['k', 'open']);
      await eventually(() => first.includes('taken'));
      await consumer.stop();
      expect(consumer.state()).toBe('stopped');
      const second: string[] = [];
      await consume(async ({ value }) => void second.push(String(value)));
      await eventually(() => committed(2));
      expect(second).toEqual(['open']);
    }, 60_000);

    it('gives every group every record', async () => {
      const seen: string[] = [];
      await consume(async ({ value }) => void seen.push(`one ${value}`));
      await consume(async ({ value }) => void seen.push(`two ${value}`), unique('other'));
      await publish(['k', '1'], ['k', '2']);
      await eventually(() => seen.length >= 4);
      expect(seen.sort()).toEqual(['one 1', 'one 2', 'two 1', 'two 2']);
    }, 60_000);

    it('shares the partitions among the consumers of a group', async () => {
      const seen = [new Set<string>(), new Set<string>()];
      for (const values of seen) await consume(async ({ value }) => void values.add(String(value)));
      let wave = 0;
      await eventually(async () => {
        wave++;
        await publish(...Array.from({ length: 9 }, (_, n): [string, string] => [`key ${n}`, `${wave}/${n}`]));
        return seen.every((values) => values.size > 0);
      });
      await eventually(() => committed(wave * 9));
      expect(new Set(seen.flatMap((values) => [...values])).size).toBe(wave * 9);
    }, 60_000);

    it('gives a batch handler consecutive records of one partition, again until it succeeds', async () => {
      const offsets: number[] = [];
      let failed = false;
      await publish(...Array.from({ length: 50 }, (_, n): [string, string] => ['k', String(n)]));
      await consumeBatches(async ({ topic: from, records }) => {
        expect(from).toBe(topic);
        if (!failed) {
          failed = true;
          throw new Error('first try fails');
        }
        offsets.push(...records.map(({ offset }) => Number(offset)));
      });
      await eventually(() => committed(50));
      expect(offsets).toEqual(Array.from({ length: 50 }, (_, n) => n));
    }, 60_000);
  });
}
