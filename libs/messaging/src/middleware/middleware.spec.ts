import { MessagingError } from '../errors';
import type { Handle } from '../handler';
import { noMetrics } from '../metrics';
import { shuttingDown, sleep } from '../sleep';
import { emit } from '../emit';
import { thingDelivery, thingHappened, thingRecord } from '../testing/delivery.fixture';
import { InMemoryDeadLetters } from '../testing/in-memory-dead-letters';
import { InMemoryUnitOfWork, transactionOf } from '../testing/in-memory-unit-of-work';
import { deadLetter } from './dead-letter';
import { decode, type Subscription } from './decode';
import { idempotency } from './idempotency';
import { retry } from './retry';
import { timeout } from './timeout';

const clock = { now: () => new Date('2026-01-02T00:00:00Z') };
const fails = (error: unknown) => async () => {
  throw error;
};
const aborted = () => {
  const controller = new AbortController();
  controller.abort();
  return controller.signal;
};

describe('dead letter', () => {
  it('keeps the record with the reason and lets consumption go on', async () => {
    const letters = new InMemoryDeadLetters();
    const delivery = thingDelivery();
    const handle = deadLetter(letters, clock, noMetrics)(fails(new MessagingError('UNKNOWN_TYPE', 'who?')));
    expect(await handle(delivery)).toEqual([]);
    expect(letters.letters).toEqual([
      {
        record: delivery.record,
        group: 'g',
        code: 'UNKNOWN_TYPE',
        message: 'who?',
        attempts: 1,
        failedAt: clock.now(),
      },
    ]);
  });

  it.each([
    ['a shutdown', thingDelivery(), shuttingDown()],
    ['an aborted delivery', thingDelivery({ signal: aborted() }), new Error('cut off')],
  ])('keeps nothing at %s', async (_, delivery, error) => {
    const letters = new InMemoryDeadLetters();
    await expect(deadLetter(letters, clock, noMetrics)(fails(error))(delivery)).rejects.toBe(error);
    expect(letters.letters).toEqual([]);
  });

  it('passes on that the letter could not be kept', async () => {
    const away = new MessagingError('BROKER_UNAVAILABLE', 'away');
    const handle = deadLetter({ add: fails(away) }, clock, noMetrics)(fails(new Error('x')));
    await expect(handle(thingDelivery())).rejects.toBe(away);
  });
});

describe('decode', () => {
  const handler = async () => [];
  const subscriptions = new Map([
    [thingHappened.type, { contract: thingHappened, handler } as unknown as Subscription],
  ]);
  const known = new Set([thingHappened.type, 'perennial.test.v1.of-another']);
  const typed = (type: string) => thingRecord({ headers: { ...textHeaders(), ce_type: type } });
  const textHeaders = () =>
    Object.fromEntries(Object.entries(thingRecord().headers).map(([name, value]) => [name, value.toString()]));
  const next = jest.fn<ReturnType<Handle>, Parameters<Handle>>(async () => []);
  beforeEach(() => next.mockClear());

  it('passes on event, contract and handler', async () => {
    await decode(subscriptions, known)(next)(thingDelivery());
    expect(next.mock.calls[0]?.[0]).toMatchObject({ handler, contract: thingHappened, event: { id: 'e1' } });
  });

  it('skips an event of another subscriber, whatever its data', async () => {
    const record = typed('perennial.test.v1.of-another');
    expect(await decode(subscriptions, known)(next)(thingDelivery({ record }))).toEqual([]);
    expect(next).not.toHaveBeenCalled();
  });

  it('refuses a type that nobody knows', async () => {
    const handling = decode(subscriptions, known)(next)(thingDelivery({ record: typed('perennial.test.v9.what') }));
    await expect(handling).rejects.toMatchObject({ code: 'UNKNOWN_TYPE', retryable: false });
  });

  it('reads a newer version of an event as the version it knows, without the fields it does not know', async () => {
    const record = {
      ...typed('perennial.test.v2.thing-happened'),
      value: Buffer.from('{"thing":"a","size":1,"hue":3}'),
    };
    await decode(subscriptions, known)(next)(thingDelivery({ record }));
    expect(next.mock.calls[0]?.[0]).toMatchObject({
      handler,
      contract: thingHappened,
      event: { type: 'perennial.test.v2.thing-happened', data: { thing: 'a', size: 1 } },
    });
    expect(next.mock.calls[0]?.[0].event?.data).not.toHaveProperty('hue');
  });

  it('reads an older version of an event by the newest that is subscribed', async () => {
    const second = { ...thingHappened, type: 'perennial.test.v2.thing-happened', version: 2 };
    const third = { ...thingHappened, type: 'perennial.test.v3.thing-happened', version: 3 };
    const newer = new Map(
      [third, second].map((contract) => [contract.type, { contract, handler } as unknown as Subscription]),
    );
    await decode(newer, known)(next)(thingDelivery());
    expect(next.mock.calls[0]?.[0]).toMatchObject({ contract: { version: 3 }, event: { id: 'e1' } });
    await decode(newer, known)(next)(thingDelivery({ record: typed(second.type) }));
    expect(next.mock.calls[1]?.[0]).toMatchObject({ contract: { version: 2 } });
  });

  it('refuses a newer version that it cannot read', async () => {
    const record = { ...typed('perennial.test.v2.thing-happened'), value: Buffer.from('{"thing":"a"}') };
    const handling = decode(subscriptions, known)(next)(thingDelivery({ record }));
    await expect(handling).rejects.toMatchObject({ code: 'INVALID_DATA', retryable: false });
  });

  it('skips a newer version of an event of another subscriber', async () => {
    const record = typed('perennial.test.v7.of-another');
    expect(await decode(subscriptions, known)(next)(thingDelivery({ record }))).toEqual([]);
    expect(next).not.toHaveBeenCalled();
  });
});

describe('retry', () => {
  const run = async (errors: unknown[], signal?: AbortSignal) => {
    const attempts: number[] = [];
    const delays: number[] = [];
    const handle = retry(
      { attempts: 3, initialMs: 100, maximumMs: 1_000 },
      async (milliseconds) => void delays.push(milliseconds),
      () => 1,
      noMetrics,
    )(async ({ attempt }) => {
      attempts.push(attempt);
      if (errors.length >= attempt) throw errors[attempt - 1];
      return [];
    });
    const outcome = await handle(thingDelivery(signal ? { signal } : {})).catch((error: unknown) => error);
    return { attempts, delays, outcome };
  };
  const away = () => new MessagingError('DATABASE_UNAVAILABLE', 'away');

  it('tries again with growing delays until it succeeds', async () => {
    expect(await run([new Error('1'), new Error('2')])).toEqual({
      attempts: [1, 2, 3],
      delays: [100, 200],
      outcome: [],
    });
  });

  it('keeps a record while something of another library is away, as a full object store', async () => {
    const away = Object.assign(new Error('full'), { retryable: true, unbounded: true });
    const { attempts, outcome } = await run(Array.from({ length: 8 }, () => away));
    expect({ attempts: attempts.length, outcome }).toEqual({ attempts: 9, outcome: [] });
  });

  it('keeps a record while the service itself is refused, as after a changed password', async () => {
    const errors = Array.from({ length: 8 }, () => new MessagingError('DATABASE_ACCESS_DENIED', 'refused'));
    const { attempts, outcome } = await run(errors);
    expect({ attempts: attempts.length, outcome }).toEqual({ attempts: 9, outcome: [] });
  });

  it('gives up after the bound', async () => {
    const errors = [1, 2, 3, 4].map((n) => new Error(String(n)));
    expect(await run(errors)).toMatchObject({ attempts: [1, 2, 3], outcome: errors[2] });
  });

  it('does not try again what says that it is not retryable', async () => {
    const error = Object.assign(new Error('no'), { code: 'REJECTED', retryable: false });
    expect(await run([error])).toMatchObject({ attempts: [1], outcome: error });
  });

  it('does not count tries while the database is away', async () => {
    const errors = [...Array.from({ length: 20 }, away), new Error('a'), new Error('b')];
    expect(await run(errors)).toMatchObject({ outcome: [], attempts: { length: 23 } });
  });

  it('stops trying at shutdown even while the database is away', async () => {
    expect(await run([away(), away()], aborted())).toMatchObject({ attempts: [1] });
  });

  it('tells the dead letter how often it tried', async () => {
    const letters = new InMemoryDeadLetters();
    const retrying = retry(
      { attempts: 4, initialMs: 0, maximumMs: 0 },
      async () => {},
      () => 0,
      noMetrics,
    );
    await deadLetter(letters, clock, noMetrics)(retrying(fails(new Error('x'))))(thingDelivery());
    expect(letters.letters).toMatchObject([{ attempts: 4, code: 'HANDLER_FAILED' }]);
  });
});

describe('timeout', () => {
  it('aborts the handler and stops waiting', async () => {
    let seen: AbortSignal | undefined;
    const never: Handle = ({ signal }) => {
      seen = signal;
      return new Promise(() => {});
    };
    const handling = timeout(60_000)(never)(thingDelivery({ timeoutMs: 5 }));
    await expect(handling).rejects.toMatchObject({ code: 'HANDLER_TIMEOUT', retryable: true });
    expect(seen?.aborted).toBe(true);
  });

  it('hands back when the delivery is aborted', async () => {
    const controller = new AbortController();
    const handling = timeout(60_000)(() => new Promise(() => {}))(thingDelivery({ signal: controller.signal }));
    controller.abort();
    await expect(handling).rejects.toMatchObject({ code: 'SHUTTING_DOWN' });
  });

  it('returns what the handler returns', async () => {
    const emitted = [emit(thingHappened, { thing: 'a', size: 1 })];
    expect(await timeout(60_000)(async () => emitted)(thingDelivery())).toBe(emitted);
  });
});

describe('idempotency', () => {
  const stamp = { source: '/svc', clock, newId: () => 'new' };
  const event = {
    specversion: '1.0' as const,
    id: 'e1',
    type: thingHappened.type,
    source: '/test',
    datacontenttype: 'application/json',
    correlationid: 'c1',
    traceparent: '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01',
    data: {},
  };

  it('keeps the effect once and stamps what it emits with correlation, cause and trace', async () => {
    const unitOfWork = new InMemoryUnitOfWork();
    let effects = 0;
    const handle = idempotency(
      unitOfWork,
      stamp,
      noMetrics,
    )(async ({ transaction }) => {
      transactionOf(transaction!).onCommit(() => effects++);
      return [emit(thingHappened, { thing: 'b', size: 2 })];
    });
    expect(await handle(thingDelivery({ event }))).toHaveLength(1);
    expect(await handle(thingDelivery({ event }))).toEqual([]);
    expect(effects).toBe(1);
    expect(unitOfWork.outbox).toEqual([
      {
        id: 'new',
        topic: thingHappened.topic.name,
        key: 'b',
        value: '{"thing":"b","size":2}',
        headers: {
          'content-type': 'application/json',
          ce_specversion: '1.0',
          ce_type: thingHappened.type,
          ce_source: '/svc',
          ce_id: 'new',
          ce_time: '2026-01-02T00:00:00.000Z',
          ce_subject: 'b',
          ce_dataschema: thingHappened.dataschema,
          ce_correlationid: 'c1',
          ce_causationid: 'e1',
          ce_traceparent: event.traceparent,
          ce_partitionkey: 'b',
        },
      },
    ]);
  });

  it('leaves no mark when the handler fails', async () => {
    const unitOfWork = new InMemoryUnitOfWork();
    const middleware = idempotency(unitOfWork, stamp, noMetrics);
    await expect(middleware(fails(new Error('x')))(thingDelivery({ event }))).rejects.toThrow('x');
    expect(
      await middleware(async () => [emit(thingHappened, { thing: 'b', size: 2 })])(thingDelivery({ event })),
    ).toHaveLength(1);
  });

  it('does not commit what outlived its timeout', async () => {
    const unitOfWork = new InMemoryUnitOfWork();
    let finish = () => {};
    const late = new Promise<void>((resolve) => (finish = resolve));
    const inner = idempotency(
      unitOfWork,
      stamp,
      noMetrics,
    )(async () => {
      await late;
      return [emit(thingHappened, { thing: 'b', size: 2 })];
    });
    let running: Promise<unknown> = Promise.resolve();
    const handling = timeout(1)((delivery) => {
      const work = inner(delivery);
      running = work.catch((error: unknown) => error);
      return work;
    })(thingDelivery({ event }));
    await expect(handling).rejects.toMatchObject({ code: 'HANDLER_TIMEOUT' });
    finish();
    expect(await running).toMatchObject({ code: 'HANDLER_TIMEOUT' });
    expect(unitOfWork.outbox).toEqual([]);
  });
});

describe('sleep', () => {
  it('ends at shutdown', async () => {
    const controller = new AbortController();
    const sleeping = sleep(60_000, controller.signal);
    controller.abort();
    await expect(sleeping).rejects.toMatchObject({ code: 'SHUTTING_DOWN' });
  });
});
