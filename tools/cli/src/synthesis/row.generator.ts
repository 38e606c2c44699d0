import type { ColumnDeclaration } from '@perennial/pipeline';
import { uniformFloat64 } from 'pure-rand/distribution/uniformFloat64';
import { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus';
import type { DataRecord } from '../input/record.file';
import { declaredSampler, type Sampler, type Value } from './column.sampler';
import { learnedSampler } from './learned.sampler';

export interface GeneratorOptions {
  columns: readonly ColumnDeclaration[];
  recordId: string;
  rows: number;
  seed: number;
  /** Rows to draw the distribution of each column from; without them the declaration decides. */
  like?: readonly DataRecord[];
  /** Days since 1970-01-01: dates without a declared range end here. */
  lastDay: number;
}

const identifier = (type: ColumnDeclaration['type'], seed: number, row: number): Value =>
  type === 'integer' || type === 'number' ? row + 1 : `synthetic-${seed}-${row + 1}`;

function samplerOf(column: ColumnDeclaration, { like, lastDay }: GeneratorOptions): Sampler {
  if (!like) return declaredSampler(column, lastDay);
  return learnedSampler(
    column,
    like.map((record) => record[column.name]),
  );
}

/** Rows that fit the schema, each column drawn by itself; equal seeds give equal rows. */
export function* generateRows(options: GeneratorOptions): Generator<Record<string, Value>> {
  const { columns, recordId, rows, seed } = options;
  const random = xoroshiro128plus(seed);
  const cells = columns.map((column) => ({
    column,
    sample: column.name === recordId ? null : samplerOf(column, options),
  }));
  for (let row = 0; row < rows; row += 1) {
    yield Object.fromEntries(
      cells.map(({ column: { name, type }, sample }) => [
        name,
        sample ? sample(uniformFloat64(random)) : identifier(type, seed, row),
      ]),
    );
  }
}
