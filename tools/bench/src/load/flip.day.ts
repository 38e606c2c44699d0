import { uniformFloat64 } from 'pure-rand/distribution/uniformFloat64';
import { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus';

const readings = Array.from({ length: 18 }, (_, index) => `reading_${index + 1}`);
const sites = ['north', 'south', 'river', 'harbour'];
const millisecondsPerDay = 86_400_000;
const noise = 0.03;

export interface FlipPipelineOptions {
  readonly name: string;
  readonly referenceDay: string;
  /** Passes over the day; 5 are enough to learn it. */
  readonly epochs?: number;
  readonly maxAttempts?: number;
  readonly threshold?: number;
}

/**
 * 24 columns and a model that trains in about a second. Each attempt trains anew on the day alone, so that a day whose
 * labels are the opposite of those before fails the serving model and passes the first attempt.
 */
export function flipPipeline(options: FlipPipelineOptions): string {
  const { name, referenceDay, epochs = 5, maxAttempts = 2, threshold = 0.75 } = options;
  const columns = [
    '{ name: sample, type: string, nullable: false }',
    '{ name: taken_on, type: date, format: yyyy-MM-dd }',
    '{ name: night, type: boolean }',
    ...readings.map((column) => `{ name: ${column}, type: number }`),
    `{ name: site, type: category, values: [${sites.join(', ')}] }`,
    '{ name: grade, type: integer, minimum: 0 }',
    '{ name: outcome, type: category, values: [flows, stands] }',
  ];
  return `apiVersion: perennial/v1
kind: Pipeline
name: ${name}
owner: load@bench.example
dataset:
  recordId: sample
  target: { column: outcome, positive: flows }
  columns:
${columns.map((column) => `    - ${column}`).join('\n')}
  closing: { manifest: true, graceSeconds: 600 }
reference: { day: '${referenceDay}' }
quality: { rowCount: { minimumRatio: 0.0001, maximumRatio: 10000 } }
split: { holdout: 0.3, validation: 0.1 }
model: { dModel: 8, heads: 2, layers: 1, feedForward: 16, dropout: 0.1 }
training: { epochs: ${epochs}, batchSize: 256, learningRate: 0.02, seed: 7 }
gate: { metric: f1, averaging: macro, threshold: ${threshold}, decisionThreshold: tuned, minimumRows: 50 }
improvement: { maxAttempts: ${maxAttempts}, attempts: [{ strategy: train, window: { days: 1 } }] }
rollout: { timeoutSeconds: 60 }
`;
}

export interface FlipDay {
  readonly day: string;
  readonly rows: number;
  readonly flipped: boolean;
}

export type FlipRecord = Record<string, string | number | boolean | null>;

/** Equal days give equal records. The label follows from the sign of the first reading, but for a few. */
export function* flipRecords({ day, rows, flipped }: FlipDay): Generator<FlipRecord> {
  const random = xoroshiro128plus(Date.parse(`${day}T00:00:00Z`) / millisecondsPerDay);
  const uniform = () => uniformFloat64(random);
  for (let row = 0; row < rows; row += 1) {
    const record: FlipRecord = { sample: `${day}-${row}`, taken_on: day, night: uniform() < 0.4 };
    for (const column of readings)
      record[column] = uniform() < 0.01 ? null : Math.round((uniform() * 2 - 1) * 1e4) / 1e4;
    const first = Math.round((uniform() * 2 - 1) * 1e4) / 1e4;
    record.reading_1 = first;
    record.site = sites[Math.floor(uniform() * sites.length)] as string;
    record.grade = Math.floor(uniform() * 9);
    const flows = (first > 0 !== flipped) !== uniform() < noise;
    record.outcome = flows ? 'flows' : 'stands';
    yield record;
  }
}

/** The day after, so many days later. */
export const dayAfter = (day: string, days = 1): string =>
  new Date(Date.parse(`${day}T00:00:00Z`) + days * millisecondsPerDay).toISOString().slice(0, 10);
