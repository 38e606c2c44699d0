import type { Logger } from '@perennial/service';
import type { OnlineRow, OnlineValue } from '../domain/online.row';
import { MaterialiseViews } from './materialise.views';
import type { OnlineEntry, OnlineStore, PassedBatch } from './ports';

const index = { view: 'loans', recordId: 'id', entities: ['id'] };
const columns = [
  { name: 'record_id', type: 'string' as const },
  { name: 'raw.age', type: 'integer' as const },
  { name: 'enc.age', type: 'number' as const },
];
const batch = (day: string, digest = day): PassedBatch => ({
  ...{ batchId: `loans/${day}`, version: 1, day, addedAt: new Date(`${day}T12:00:00Z`) },
  processed: { digest } as never,
});

function setup(entities = index.entities) {
  const state = { batches: [batch('2026-01-02'), batch('2026-01-03')], failAt: Infinity };
  const asked: string[] = [];
  const put: OnlineRow[] = [];
  const puts: number[] = [];
  const errors: string[] = [];
  const taken = new Map<string, string>();
  const online: Partial<OnlineStore> = {
    put: async (entries: readonly OnlineEntry[]) => {
      puts.push(entries.length);
      put.push(...entries.map(({ row }) => row));
    },
    isTaken: (name, mark) => taken.get(name) === mark,
    setTaken: async (name, mark) => void taken.set(name, mark),
    setSchema: async () => undefined,
  };
  const engine = {
    async *rows(sql: string): AsyncIterable<OnlineValue[][]> {
      asked.push(sql);
      if (asked.length >= state.failAt) throw new Error('cut off');
      yield Array.from({ length: 700 }, (_, row) => [`r${row}`, row]);
      yield [[null, 1]];
    },
  };
  const materialise = new MaterialiseViews({
    indexes: [{ ...index, entities }],
    views: {
      passed: async () => state.batches,
      load: async () => ({ view: { versions: [{ version: 1, columns }] } as never, revision: 0 }),
    },
    files: { ensure: async ({ digest }) => `/f/${digest}` },
    engine,
    online: online as OnlineStore,
    logger: { info: () => undefined, error: (_: object, text: string) => errors.push(text) } as unknown as Logger,
  });
  const run = (signal = new AbortController().signal) => materialise.run(signal);
  return { run, isComplete: () => materialise.isComplete(), state, asked, put, puts, errors };
}

describe('making the rows of a view found by entity', () => {
  it('takes each batch once, the newest first, some rows at a time', async () => {
    const { run, asked, put, puts } = setup();
    await run();
    await run();
    expect(asked).toEqual(
      ['03', '02'].map(
        (day) => `SELECT "record_id", CAST("raw.age" AS DOUBLE) FROM read_parquet(['/f/2026-01-${day}'])`,
      ),
    );
    expect(puts).toEqual([512, 188, 0, 512, 188, 0]);
    expect(put[699]).toEqual({
      version: 1,
      day: '2026-01-03',
      addedAt: Date.parse('2026-01-03T12:00Z'),
      values: [699],
    });
  });

  it('takes again what was cut off, or prepared anew', async () => {
    const { run, isComplete, state, asked } = setup();
    state.failAt = 2;
    await expect(run()).rejects.toThrow('cut off');
    expect(isComplete()).toBe(false);
    state.failAt = Infinity;
    await run();
    expect(isComplete()).toBe(true);
    expect(asked).toHaveLength(3);
    state.batches[0] = batch('2026-01-02', 'other');
    await run();
    expect(asked).toHaveLength(4);
  });

  it('says when the view has no such entities, once for each batch', async () => {
    const { run, asked, errors } = setup(['id', 'town']);
    await run();
    await run();
    expect(asked).toEqual([]);
    expect(errors).toHaveLength(2);
  });

  it('ends when it is told to', async () => {
    const { run, asked } = setup();
    await expect(run(AbortSignal.abort(new Error('stop')))).rejects.toThrow('stop');
    expect(asked).toEqual([]);
  });
});
