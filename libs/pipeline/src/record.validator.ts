import { cellCheck, Refusal, type Cell, type CellCheck, type InputMode } from './cell.check';
import type { ColumnDeclaration, Dataset } from './pipeline';

export interface RecordProblem {
  /** Empty where the record as a whole is at fault. */
  column: string;
  value: unknown;
  rule: string;
}

/** Cells in the order of dataset.columns. */
export type ValidRow = readonly Cell[];

export type RecordResult =
  | { ok: ValidRow; recordId: string; problems?: undefined }
  /** recordId where the record has one that is valid. */
  | { ok?: undefined; recordId: string | null; problems: RecordProblem[] };

export type RecordValidator = (record: unknown) => RecordResult;

interface CompiledColumn {
  name: string;
  nullable: boolean;
  /** '' stands for null in strings and categories, as in the artifact; in CSV everywhere. */
  emptyIsNull: boolean;
  /** The name is one that every object inherits, e.g. `constructor`. */
  inherited: boolean;
  check: CellCheck;
}

function compiled(column: ColumnDeclaration, recordId: string, mode: InputMode): CompiledColumn {
  return {
    name: column.name,
    nullable: column.nullable && column.name !== recordId,
    emptyIsNull: mode === 'text' || column.type === 'string' || column.type === 'category',
    inherited: column.name in {},
    check: cellCheck(column, mode),
  };
}

const REQUIRED = new Refusal('must not be null');

function cellOf(record: Record<string, unknown>, column: CompiledColumn): Cell | Refusal {
  const own = !column.inherited || Object.hasOwn(record, column.name);
  const value = own ? record[column.name] : undefined;
  if (value === undefined || value === null || (value === '' && column.emptyIsNull)) {
    return column.nullable ? null : REQUIRED;
  }
  return column.check(value);
}

function unknownColumns(record: Record<string, unknown>, known: ReadonlySet<string>): RecordProblem[] {
  return Object.keys(record)
    .filter((name) => !known.has(name))
    .map((column) => ({ column, value: record[column], rule: 'is not a column of the dataset' }));
}

/**
 * Compiles the dataset's columns once; the validator it returns takes any value, never throws, and
 * lists every problem of a record. Absent columns count as null.
 */
export function recordValidator(dataset: Dataset, options: { mode?: InputMode } = {}): RecordValidator {
  const mode = options.mode ?? 'json';
  const columns = dataset.columns.map((column) => compiled(column, dataset.recordId, mode));
  const known = new Set(columns.map(({ name }) => name));
  const idIndex = columns.findIndex(({ name }) => name === dataset.recordId);
  const refuseUnknown = dataset.unknownColumns === 'refuse';

  return (input) => {
    if (typeof input !== 'object' || input === null || Array.isArray(input)) {
      return { recordId: null, problems: [{ column: '', value: input, rule: 'must be an object' }] };
    }
    const record = input as Record<string, unknown>;
    const row = new Array<Cell>(columns.length);
    const problems = refuseUnknown ? unknownColumns(record, known) : [];
    for (let index = 0; index < columns.length; index++) {
      const column = columns[index] as CompiledColumn;
      const cell = cellOf(record, column);
      if (cell instanceof Refusal) {
        problems.push({ column: column.name, value: record[column.name] ?? null, rule: cell.rule });
        row[index] = null;
      } else row[index] = cell;
    }
    const id = row[idIndex] ?? null;
    if (problems.length > 0 || id === null) return { recordId: id === null ? null : String(id), problems };
    return { ok: row, recordId: String(id) };
  };
}

/** Columns of the dataset's table, in order; a category is stored as a string. */
export function tableSchema(dataset: Pick<Dataset, 'columns'>) {
  return dataset.columns.map(({ name, type }) => ({ name, type: type === 'category' ? ('string' as const) : type }));
}
