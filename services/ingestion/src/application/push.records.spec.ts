import { decodeEnvelope, type OutgoingRecord } from '@perennial/messaging';
import { PushRecords } from './push.records';

const target = { dataset: 'd', day: '2026-01-05' };

/** The records as a consumer reads them from the topic. */
async function pushed(records: object[]): Promise<unknown[]> {
  const published: OutgoingRecord[] = [];
  const publisher = { publish: async (sent: readonly OutgoingRecord[]) => void published.push(...sent) };
  const stamp = { source: '/test', clock: { now: () => new Date(0) }, newId: () => 'e' };
  await new PushRecords(publisher, stamp).run(
    target,
    records.map((record, index) => ({ position: index + 1, record })),
  );
  const where = { partition: 0, offset: '0', timestamp: 0 };
  return published.flatMap((sent) => {
    const { data } = decodeEnvelope({ ...where, ...sent } as unknown as Parameters<typeof decodeEnvelope>[0]);
    return (data as { records: unknown[] }).records;
  });
}

describe('pushed records', () => {
  it('reach the topic as they are', async () => {
    expect(await pushed([{ id: 'a', x: 1 }, { id: 'b' }])).toEqual([{ id: 'a', x: 1 }, { id: 'b' }]);
  });

  it('do not lose a number that overflows: it is text, which its column refuses', async () => {
    expect(await pushed([JSON.parse('{"id":"a","x":1e400,"y":-1e400}') as object])).toEqual([
      { id: 'a', x: 'Infinity', y: '-Infinity' },
    ]);
  });
});
