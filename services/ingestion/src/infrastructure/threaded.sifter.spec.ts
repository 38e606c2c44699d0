import { recordsPushedV1 } from '@perennial/contracts';
import type { BrokerRecord } from '@perennial/messaging';
import { parsePipeline, type Pipeline } from '@perennial/pipeline';
import { DatasetCatalogue } from '../application/dataset.catalogue';
import { siftSlice } from '../domain/sifting';
import { ThreadedSifter } from './threaded.sifter';

const pipeline = parsePipeline(
  `
apiVersion: perennial/v1
kind: Pipeline
name: tiny
dataset:
  recordId: id
  target: { column: y, positive: 1 }
  columns: [{ name: id, type: string }, { name: amount, type: number }, { name: y, type: integer }]
reference: { day: '2026-01-01' }
`,
  {},
).ok as Pipeline;

const header = (text: string) => Buffer.from(text);

function message(offset: number, value: string): BrokerRecord {
  const headers = {
    ce_specversion: header('1.0'),
    ce_id: header(`e${offset}`),
    ce_source: header('/test'),
    ce_type: header(recordsPushedV1.type),
  };
  const [key, timestamp] = [Buffer.from('k'), 1];
  return { topic: 'records', partition: 3, offset: String(offset), key, value: Buffer.from(value), headers, timestamp };
}

function largeSlice() {
  const messages = Array.from({ length: 40 }, (_, offset) => {
    const records = Array.from({ length: 100 }, (__, n) => ({ id: `${offset}-${n}`, amount: n === 7 ? 'x' : n, y: 1 }));
    return message(offset, JSON.stringify({ dataset: 'tiny', day: '2026-01-05', records }));
  });
  messages[5] = message(5, '{broken');
  return { topic: 'records', partition: 3, records: messages };
}

// Other work on the machine can make starting a thread slow.
jest.setTimeout(60_000);

describe('sifting in a thread', () => {
  const catalogue = new DatasetCatalogue([pipeline]);
  let sifter: ThreadedSifter;
  beforeEach(() => (sifter = new ThreadedSifter(catalogue)));
  afterEach(() => sifter.close());

  it('gives what sifting here gives, with the refused records as they came', async () => {
    const slice = largeSlice();
    const here = siftSlice(slice, catalogue, new Map());
    const there = await sifter.sift(slice, new Map());
    expect(there).toEqual(here);
    expect(there.refused[0]?.record).toBe(slice.records[5]);
    expect(there.shares[0]).toMatchObject({ rows: 39 * 99, firstOffset: 0, lastOffset: 39 });
  });

  it('leaves out what lies at or below the watermark', async () => {
    const slice = largeSlice();
    const [share] = (await sifter.sift(slice, new Map([['tiny/2026-01-05', 37]]))).shares;
    expect(share).toMatchObject({ firstOffset: 38, rows: 2 * 99 });
  });

  it('leaves the slice untouched, so that it can be sifted again', async () => {
    const slice = largeSlice();
    const first = await sifter.sift(slice, new Map());
    expect(await sifter.sift(slice, new Map())).toEqual(first);
  });
});
