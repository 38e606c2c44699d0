import { ColumnsError } from './column.errors';
import {
  defaultStorage,
  type Cell,
  type Column,
  type ColumnSchema,
  type NumericColumn,
  type Row,
  type Table,
} from './table';
import { tableOf } from './table.operations';

const INITIAL_CAPACITY = 1024;

/** Collects one column's cells; a typed array that doubles, or a plain array of strings. */
class ColumnBuilder {
  private numbers = new Float64Array(INITIAL_CAPACITY);
  private readonly strings: (string | null)[] = [];

  constructor(private readonly schema: ColumnSchema) {}

  append(cell: Cell | undefined, row: number): void {
    if (this.schema.type === 'string') {
      if (typeof cell !== 'string' && cell !== null && cell !== undefined) throw this.mismatch(cell, row);
      this.strings[row] = cell ?? null;
    } else {
      if (row === this.numbers.length) this.grow();
      this.numbers[row] = this.numberOf(cell, row);
    }
  }

  build(rows: number): Column {
    const { name, type, storage } = this.schema;
    if (type === 'string') return { name, type, values: this.strings.slice(0, rows) };
    return { name, type, storage: storage ?? defaultStorage(type), values: this.numbers.slice(0, rows) };
  }

  private numberOf(cell: Cell | undefined, row: number): number {
    if (cell === null || cell === undefined) return Number.NaN;
    if (this.schema.type === 'boolean') {
      if (typeof cell === 'boolean') return cell ? 1 : 0;
      throw this.mismatch(cell, row);
    }
    const whole = this.schema.type !== 'number';
    const valid = typeof cell === 'number' && (whole ? Number.isSafeInteger(cell) : Number.isFinite(cell));
    if (!valid) throw this.mismatch(cell, row);
    return cell + 0; // -0 becomes 0, so that equal tables have equal bytes
  }

  private grow(): void {
    const grown = new Float64Array(this.numbers.length * 2);
    grown.set(this.numbers);
    this.numbers = grown;
  }

  private mismatch(value: unknown, row: number): ColumnsError {
    const { name, type } = this.schema as { name: string; type: NumericColumn['type'] };
    const details = { column: name, row, value: String(value), expected: type };
    return new ColumnsError(
      'COLUMN_TYPE_MISMATCH',
      `row ${row}: ${String(value)} is not a ${type} of column ${name}`,
      details,
    );
  }
}

/** Builds a table row by row. Rows come validated; a cell of the wrong type is a programming error and throws. */
export class TableBuilder {
  private count = 0;
  private readonly builders: ColumnBuilder[];

  constructor(schema: readonly ColumnSchema[]) {
    this.builders = schema.map((column) => new ColumnBuilder(column));
  }

  get rows(): number {
    return this.count;
  }

  append(row: Row): void {
    this.builders.forEach((builder, index) => builder.append(row[index], this.count));
    this.count++;
  }

  /** The rows so far; appending may go on afterwards. */
  build(): Table {
    return { ...tableOf(this.builders.map((builder) => builder.build(this.count))), rows: this.count };
  }
}

export function tableFromRows(schema: readonly ColumnSchema[], rows: Iterable<Row>): Table {
  const builder = new TableBuilder(schema);
  for (const row of rows) builder.append(row);
  return builder.build();
}
