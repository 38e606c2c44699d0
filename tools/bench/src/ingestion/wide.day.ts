import { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus';
import type { RandomGenerator } from 'pure-rand/types/RandomGenerator';

export const dataset = 'turnstiles';

const categories = ['north', 'south', 'east', 'west', 'depot', 'harbour'];
const numbers = Array.from({ length: 10 }, (_, index) => `reading_${index + 1}`);
const integers = Array.from({ length: 6 }, (_, index) => `count_${index + 1}`);
const texts = Array.from({ length: 4 }, (_, index) => `zone_${index + 1}`);

/** 24 columns: an id, a date, a boolean, ten numbers, six integers, four categories and the target. */
export const columnCount = 4 + numbers.length + integers.length + texts.length;

const declared = [
  '{ name: passage, type: string, nullable: false }',
  '{ name: passed_on, type: date, format: yyyy-MM-dd }',
  '{ name: monthly, type: boolean }',
  ...numbers.map((name) => `{ name: ${name}, type: number }`),
  ...integers.map((name) => `{ name: ${name}, type: integer, minimum: 0 }`),
  ...texts.map((name) => `{ name: ${name}, type: category }`),
  '{ name: refused, type: integer, minimum: 0, maximum: 1 }',
];

export function widePipeline(referenceDay: string): string {
  return `apiVersion: perennial/v1
kind: Pipeline
name: ${dataset}
owner: load@bench.example
dataset:
  name: ${dataset}
  recordId: passage
  target: { column: refused, positive: 1 }
  columns:
${declared.map((column) => `    - ${column}`).join('\n')}
  closing: { manifest: true, graceSeconds: 600 }
reference: { day: '${referenceDay}' }
quality: { rowCount: { minimumRatio: 0.000001, maximumRatio: 1000000 } }
model: { dModel: 8, heads: 2, layers: 1, feedForward: 16, dropout: 0.1 }
training: { epochs: 1, batchSize: 256, learningRate: 0.003, seed: 7 }
gate: { metric: f1, averaging: macro, threshold: 0.01, minimumRows: 10 }
improvement: { maxAttempts: 1, attempts: [{ strategy: train, window: { days: 1 } }] }
rollout: { timeoutSeconds: 60 }
`;
}

const unit = (random: RandomGenerator): number => (random.next() >>> 0) / 2 ** 32;

/** One record without its id, as the text that follows it in JSON. About one cell in fifty is null. */
function recordRest(random: RandomGenerator): string {
  const orNull = <T>(value: T): T | null => (unit(random) < 0.02 ? null : value);
  const record: Record<string, unknown> = { passed_on: '2026-03-01', monthly: unit(random) < 0.4 };
  for (const name of numbers) record[name] = orNull(Math.round(unit(random) * 1e7) / 1e3);
  for (const name of integers) record[name] = orNull(Math.floor(unit(random) * 5_000));
  for (const name of texts) record[name] = orNull(categories[Math.floor(unit(random) * categories.length)]);
  record.refused = unit(random) < 0.3 ? 1 : 0;
  return JSON.stringify(record).slice(1);
}

const VARIETY = 5_003;

/**
 * Messages of a records-pushed event's data as JSON text; ids never repeat, the other cells repeat after 5,003 records
 * (so that making them costs little beside what is measured).
 */
export function* pushedMessages(day: string, rows: number, perMessage: number, seed: number): Generator<string> {
  const random = xoroshiro128plus(seed);
  const rests = Array.from({ length: Math.min(VARIETY, rows) }, () => recordRest(random));
  for (let start = 0; start < rows; start += perMessage) {
    const records: string[] = [];
    for (let row = start; row < Math.min(start + perMessage, rows); row++) {
      const id = `${day}-${((row * 2_654_435_761) % 4_294_967_296).toString(16).padStart(8, '0')}-${row}`;
      records.push(`{"passage":"${id}",${rests[row % rests.length]}`);
    }
    yield `{"dataset":"${dataset}","day":"${day}","records":[${records.join(',')}]}`;
  }
}
