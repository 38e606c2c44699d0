import { retryTopic } from '@perennial/contracts';
import { emit } from './emit';
import { redriveGroupHeader } from './headers';
import { silentLogger } from './ports';
import { Router } from './router';
import { stampEvents } from './stamp';
import { thingHappened } from './testing/delivery.fixture';
import { eventually } from './testing/eventually';
import { InMemoryBroker } from './testing/in-memory-broker';
import { InMemoryDeadLetters } from './testing/in-memory-dead-letters';
import { InMemoryUnitOfWork } from './testing/in-memory-unit-of-work';

describe('router', () => {
  const topic = thingHappened.topic.name;
  let broker: InMemoryBroker;
  let letters: InMemoryDeadLetters;
  let unitOfWork: InMemoryUnitOfWork;
  let router: Router;
  let ids = 0;
  const stamp = { source: '/test', clock: { now: () => new Date(0) }, newId: () => `id-${ids++}` };

  beforeEach(() => {
    broker = new InMemoryBroker();
    letters = new InMemoryDeadLetters();
    unitOfWork = new InMemoryUnitOfWork();
    router = new Router({
      ...stamp,
      unitOfWork,
      deadLetters: letters,
      consumer: broker,
      group: 'g',
      logger: silentLogger,
      knownTypes: new Set([thingHappened.type]),
      random: () => 0,
      retry: { attempts: 3, initialMs: 1, maximumMs: 1 },
    });
  });
  afterEach(() => router.stop());

  const thing = (size: number) => stampEvents([emit(thingHappened, { thing: 'a', size })], {}, stamp);

  it('takes an event to its handler, its result to the outbox, and commits', async () => {
    router.subscribe(thingHappened, async ({ data }) => [emit(thingHappened, { ...data, size: data.size + 1 })]);
    await router.start();
    await broker.publish(thing(1));
    await eventually(() => broker.committed('g', topic) === 1);
    expect(unitOfWork.outbox.map(({ value }) => value)).toEqual(['{"thing":"a","size":2}']);
    expect(router.states()).toEqual([{ group: 'g', state: 'running' }]);
  });

  it('tries a failing handler three times, keeps the record, and goes on', async () => {
    const attempts: number[] = [];
    router.subscribe(thingHappened, async ({ data }, { attempt }) => {
      if (data.size === 1) {
        attempts.push(attempt);
        throw new Error('cannot');
      }
      return [];
    });
    await router.start();
    await broker.publish([...thing(1), ...thing(2)]);
    await eventually(() => broker.committed('g', topic) === 2);
    expect(attempts).toEqual([1, 2, 3]);
    expect(letters.letters).toMatchObject([{ code: 'HANDLER_FAILED', attempts: 3, record: { offset: '0' } }]);
  });

  it('handles a delivery repeated three times once', async () => {
    let handled = 0;
    router.subscribe(thingHappened, async () => {
      handled++;
      return [];
    });
    await router.start();
    const [once] = thing(1);
    await broker.publish([once!, once!, once!]);
    await eventually(() => broker.committed('g', topic) === 3);
    expect(handled).toBe(1);
  });

  it('gives a redriven record to the group it names only', async () => {
    const handledBy: string[] = [];
    for (const group of ['one', 'two']) {
      router.subscribe(thingHappened, async () => [void handledBy.push(group)].flatMap(() => []), { group });
    }
    await router.start();
    const redriven = thing(1).map((entry) => ({
      ...entry,
      topic: retryTopic(topic),
      headers: { ...entry.headers, [redriveGroupHeader]: 'two' },
    }));
    await broker.publish(redriven);
    await eventually(() => ['one', 'two'].every((group) => broker.committed(group, retryTopic(topic)) === 1));
    expect(handledBy).toEqual(['two']);
  });

  it('gives raw records to a batch handler', async () => {
    const sizes: number[] = [];
    router.subscribeBatch(thingHappened.topic, async ({ records }) => void sizes.push(records.length));
    await broker.publish([...thing(1), ...thing(2)]);
    await router.start();
    await eventually(() => broker.committed(`g.${topic}`, topic) === 2);
    expect(sizes).toEqual([2]);
  });

  it('refuses two handlers of one event in one group', () => {
    const handler = async () => [];
    expect(() => router.subscribe(thingHappened, handler).subscribe(thingHappened, handler)).toThrow(TypeError);
  });

  it('refuses to emit data that breaks the contract', () => {
    expect(() => emit(thingHappened, { thing: 'a', size: 0 })).toThrow(/data\.size = 0/);
  });
});
