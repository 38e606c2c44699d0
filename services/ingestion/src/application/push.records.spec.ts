import { decodeEnvelope, type OutgoingRecord } from '@perennial/messaging';
import { PushRecords, type PushOptions } from './push.records';

const target = { dataset: 'd', day: '2026-01-05' };

/** The messages as a consumer reads them from the topic. */
async function messages(
  records: object[],
  options?: PushOptions,
): Promise<{ key: string; records: { id?: string }[] }[]> {
  const published: OutgoingRecord[] = [];
  const publisher = { publish: async (sent: readonly OutgoingRecord[]) => void published.push(...sent) };
  const stamp = { source: '/test', clock: { now: () => new Date(0) }, newId: () => 'e' };
  await new PushRecords(publisher, stamp).run(
    target,
    records.map((record, index) => ({ position: index + 1, record })),
    options,
  );
  const where = { partition: 0, offset: '0', timestamp: 0 };
  return published.map((sent) => {
    const { data } = decodeEnvelope({ ...where, ...sent } as unknown as Parameters<typeof decodeEnvelope>[0]);
    return { key: String(sent.key), ...(data as { records: { id?: string }[] }) };
  });
}

const pushed = async (records: object[]) => (await messages(records)).flatMap((message) => message.records);

describe('pushed records', () => {
  it('reach the topic as they are', async () => {
    expect(await pushed([{ id: 'a', x: 1 }, { id: 'b' }])).toEqual([{ id: 'a', x: 1 }, { id: 'b' }]);
  });

  it('do not lose a number that overflows: it is text, which its column refuses', async () => {
    expect(await pushed([JSON.parse('{"id":"a","x":1e400,"y":-1e400}') as object])).toEqual([
      { id: 'a', x: 'Infinity', y: '-Infinity' },
    ]);
  });

  it('are refused when they are nested too deep for those who read them', async () => {
    const nested = (depth: number) => JSON.parse(`{"id":"a","x":${'['.repeat(depth)}${']'.repeat(depth)}}`) as object;
    expect(await pushed([nested(800)])).toHaveLength(1);
    for (const depth of [1_000, 100_000]) {
      await expect(pushed([nested(depth)])).rejects.toMatchObject({ code: 'RECORD_TOO_DEEP', status: 400 });
    }
  });

  it('are spread over keys by their ids, those of one id in their order', async () => {
    const records = Array.from({ length: 5_000 }, (_, n) => ({ id: `r${n % 100}`, n }));
    const sent = await messages(records, { recordId: 'id' });
    expect(new Set(sent.map(({ key }) => key))).toEqual(new Set(['d/0', 'd/1', 'd/2', 'd/3']));
    const keyOf = new Map(sent.flatMap((message) => message.records.map(({ id }) => [id, message.key])));
    for (const { key, records: some } of sent) for (const { id } of some) expect(keyOf.get(id)).toBe(key);
    const all = sent.flatMap((message) => message.records as { id: string; n: number }[]);
    const ofOne = (from: { id: string; n: number }[]) => from.filter(({ id }) => id === 'r42');
    expect(ofOne(all)).toEqual(ofOne(records));
    expect(all).toHaveLength(5_000);
  });

  it('end with what was taken before when the backlog is full', async () => {
    const admission = { admit: jest.fn(async (accepted: number) => void (accepted > 0 && refuse())) };
    const refuse = () => {
      throw Object.assign(new Error('full'), { status: 429 });
    };
    const published: OutgoingRecord[] = [];
    const publisher = { publish: async (sent: readonly OutgoingRecord[]) => void published.push(...sent) };
    const stamp = { source: '/test', clock: { now: () => new Date(0) }, newId: () => 'e' };
    const records = Array.from({ length: 1_001 }, (_, n) => ({ position: n + 1, record: { id: n } }));
    await expect(new PushRecords(publisher, stamp, admission).run(target, records)).rejects.toMatchObject({
      status: 429,
    });
    expect(published).toHaveLength(1);
    expect(admission.admit.mock.calls).toEqual([[0], [1_000]]);
  });
});
