import { stringColumnOf } from '@perennial/columns';
import { batchClosedV1, type EventContract } from '@perennial/contracts';
import { ingestionUnderTest } from '../testing/ingestion.under.test';

const contract: EventContract<never> = batchClosedV1 as never;

describe('records that are delivered again', () => {
  it('change nothing, however the slices are cut the second time', async () => {
    const test = ingestionUnderTest();
    const records = [test.push(0, 'a', 'b', null), test.push(1, 'c'), test.push(2, 'd'), test.manifest(3, 5)];
    await test.take.run(test.slice(records.slice(0, 3)));
    await test.take.run(test.slice(records.slice(0, 3)));
    await test.take.run(test.slice(records.slice(1)));
    await test.close();
    const [event, ...more] = test.closed();
    expect(more).toEqual([]);
    expect(event?.rows).toEqual({ received: 5, accepted: 4, quarantined: 1, duplicates: 0, expected: 5 });
    expect(test.quarantine.records).toHaveLength(1);
  });

  it('are taken once when the commit failed the first time', async () => {
    const test = ingestionUnderTest();
    test.unitOfWork.conflicts = 1;
    const slice = test.slice([test.push(0, 'a'), test.manifest(1, 1)]);
    await expect(test.take.run(slice)).rejects.toMatchObject({ code: 'CONFLICT', retryable: true });
    await test.take.run(slice);
    await test.close();
    expect(test.closed()).toMatchObject([{ rows: { received: 1, accepted: 1 } }]);
  });

  it('are told apart by partition', async () => {
    const test = ingestionUnderTest();
    await test.take.run(test.slice([test.manifest(0, 2)], 1));
    await test.take.run(test.slice([test.push(0, 'a')], 0));
    await test.take.run(test.slice([test.push(0, 'b')], 2));
    await test.close();
    expect(test.closed()).toMatchObject([{ rows: { accepted: 2 }, closedBy: 'manifest' }]);
  });
});

describe('closing a day', () => {
  it('emits a valid event with rows in order of arrival, the first of each id', async () => {
    const test = ingestionUnderTest();
    await test.take.run(test.slice([test.push(0, 'x', 'b')], 1));
    await test.take.run(test.slice([test.push(5, 'b', 'c'), test.push(6, 'a'), test.manifest(7, 4)], 0));
    await test.close();
    const [event] = test.closed();
    expect(contract.schema.safeParse(event).success).toBe(true);
    expect(stringColumnOf(await test.rawOf(event as never), 'id').values).toEqual(['b', 'c', 'a', 'x']);
  });

  it('goes on after a crash between the cut and the file, with the same file', async () => {
    const test = ingestionUnderTest();
    await test.take.run(test.slice([test.push(0, 'a'), test.manifest(1, 1)]));
    test.files.onPut = () => {
      throw new Error('crash');
    };
    await expect(test.close()).rejects.toThrow('crash');
    expect(await test.days.due(new Date('2026-01-05T12:00:00Z'))).toHaveLength(1);
    test.files.onPut = () => undefined;
    await test.take.run(test.slice([test.push(2, 'late')]));
    await test.close();
    expect(test.closed()).toMatchObject([{ rows: { accepted: 1 }, raw: { rows: 1 } }]);
    expect((await test.days.list())[0]?.batches).toMatchObject([{ state: 'closed' }, { state: 'collecting', rows: 1 }]);
  });

  it('emits once when two replicas close the same day at once', async () => {
    const test = ingestionUnderTest();
    await test.take.run(test.slice([test.push(0, 'a', 'b'), test.manifest(1, 2)]));
    await Promise.allSettled([test.close(test.closer()), test.close(test.closer()), test.close(test.closer())]);
    await test.close();
    expect(test.closed()).toHaveLength(1);
  });

  it('waits while records are missing, and closes incomplete after the grace time', async () => {
    const test = ingestionUnderTest();
    await test.take.run(test.slice([test.push(0, 'a', 'a', 'a'), test.manifest(1, 3)]));
    await test.close();
    expect(test.closed()).toEqual([]);
    test.pass(60);
    await test.close();
    expect(test.closed()).toMatchObject([{ closedBy: 'grace', complete: false, rows: { accepted: 1, duplicates: 2 } }]);
  });

  it('keeps what it cannot take as dead letters', async () => {
    const test = ingestionUnderTest();
    const broken = { ...test.push(0, 'a'), value: Buffer.from('{') };
    await test.take.run(test.slice([broken, test.push(1, 'b')]));
    expect(test.deadLetters.letters).toMatchObject([{ code: 'MALFORMED_DATA', group: 'g', attempts: 1 }]);
    expect((await test.days.list())[0]?.batches).toMatchObject([{ rows: 1 }]);
  });
});
