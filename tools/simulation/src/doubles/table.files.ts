import { readParquet, type Table, writeParquet } from '@perennial/columns';
import type { FileReference } from '@perennial/contracts';
import type { ObjectStore } from '@perennial/object-store';

/** Local files of the feature store: each process has its own, and they are gone with it. */
export class TableFiles {
  private readonly files = new Map<string, Uint8Array>();
  private count = 0;

  constructor(private readonly store: ObjectStore) {}

  async ensure(reference: FileReference): Promise<string> {
    const path = reference.digest;
    if (!this.files.has(path)) this.files.set(path, await this.store.get(reference));
    return path;
  }

  async scratch(): Promise<string> {
    return `scratch/${++this.count}`;
  }

  bytes(path: string): Uint8Array {
    const found = this.files.get(path);
    if (!found) throw new RangeError(`file ${path} does not exist`);
    return found;
  }

  write(path: string, bytes: Uint8Array): void {
    this.files.set(path, bytes);
  }
}

const QUERY = /^SELECT (.+) FROM read_parquet\(\[(.+)\], union_by_name = true\)(?: WHERE (.+))?$/;
const SPLIT = /"split" >= ([\d.e-]+) AND "split" < ([\d.e-]+)/;
const LABELLED = '"label" IS NOT NULL';

/** The queries that the feature store writes, and no others, on tables in memory instead of in DuckDB. */
export class TableEngine {
  constructor(private readonly files: TableFiles) {}

  async columnsOf(path: string): Promise<{ name: string; type: string }[]> {
    const { columns } = await readParquet(this.files.bytes(path));
    return columns.map(({ name, type }) => ({ name, type }));
  }

  async copy(select: string, target: string): Promise<void> {
    const query = QUERY.exec(select);
    if (!query) throw new SyntaxError(`the simulation does not know this query: ${select}`);
    const [, names = '', paths = '', where = ''] = query;
    const columns = names.split(', ').map((name) => name.replaceAll('"', ''));
    const tables: Table[] = [];
    for (const path of paths.split(', ')) tables.push(await readParquet(this.files.bytes(path.replaceAll("'", ''))));
    const parts = tables.map((table) => select_(table, columns, where));
    this.files.write(target, writeParquet(concatenated(parts)));
  }

  close(): void {}
}

function select_(table: Table, names: readonly string[], where: string): Table {
  const column = (name: string) => {
    const found = table.columns.find((candidate) => candidate.name === name);
    if (!found) throw new RangeError(`no column ${name}`);
    return found;
  };
  const [, from = '0', to = '1'] = SPLIT.exec(where) ?? [];
  const labelled = where.includes(LABELLED);
  const splits = column('split').values as Float64Array;
  const labels = column('label').values as Float64Array;
  const kept = Array.from(splits.keys()).filter((row) => {
    const split = splits[row] as number;
    return (
      (!where.includes('"split"') || (split >= Number(from) && split < Number(to))) &&
      !(labelled && Number.isNaN(labels[row]))
    );
  });
  return { rows: kept.length, columns: names.map((name) => taken(column(name), kept)) };
}

type Column = Table['columns'][number];

const taken = (column: Column, rows: readonly number[]): Column =>
  column.type === 'string'
    ? { ...column, values: rows.map((row) => column.values[row] ?? null) }
    : { ...column, values: Float64Array.from(rows, (row) => column.values[row] as number) };

function concatenated(tables: readonly Table[]): Table {
  const [first] = tables;
  if (!first) throw new RangeError('no table');
  const columns = first.columns.map((column, index): Column => {
    const parts = tables.map((table) => table.columns[index] as Column);
    return column.type === 'string'
      ? { ...column, values: parts.flatMap(({ values }) => [...values] as (string | null)[]) }
      : { ...column, values: Float64Array.from(parts.flatMap(({ values }) => [...values] as number[])) };
  });
  return { rows: tables.reduce((sum, { rows }) => sum + rows, 0), columns };
}
