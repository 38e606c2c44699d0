import { DuckDBInstance } from '@duckdb/node-api';
import type { ParquetEngine } from '../application/ports';
import type { FeatureColumn, FeatureType } from '../domain/feature.view';
import type { OnlineValue } from '../domain/online.row';
import { copySql, describeSql } from '../domain/read.query';

export interface DuckdbOptions {
  threads: number;
  /** In DuckDB's notation, e.g. 1GB. */
  memoryLimit: string;
  /** Where it spills what exceeds the limit. */
  temporaryDirectory: string;
}

const TYPES: Record<string, FeatureType> = {
  VARCHAR: 'string',
  DOUBLE: 'number',
  FLOAT: 'number',
  INTEGER: 'integer',
  BIGINT: 'integer',
  BOOLEAN: 'boolean',
  DATE: 'date',
};

/** An in-memory DuckDB over Parquet files. It works on its own threads, off the event loop. */
export class DuckdbEngine implements ParquetEngine {
  private constructor(private readonly instance: DuckDBInstance) {}

  static async create({ threads, memoryLimit, temporaryDirectory }: DuckdbOptions): Promise<DuckdbEngine> {
    const instance = await DuckDBInstance.create(':memory:', {
      threads: String(threads),
      memory_limit: memoryLimit,
      temp_directory: temporaryDirectory,
      // It would keep what it once read, up to the limit; the files are local, and the system keeps them better.
      enable_external_file_cache: 'false',
      // Nothing is ever fetched from outside: what is not built in does not exist.
      autoinstall_known_extensions: 'false',
      autoload_known_extensions: 'false',
    });
    return new DuckdbEngine(instance);
  }

  async columnsOf(file: string): Promise<FeatureColumn[]> {
    const rows = await this.query(describeSql(file));
    return rows.map(([name, type]) => ({ name: String(name), type: typeOf(String(name), String(type)) }));
  }

  async copy(select: string, target: string): Promise<void> {
    await this.query(copySql(select, target));
  }

  async *rows(select: string): AsyncIterable<readonly OnlineValue[][]> {
    const connection = await this.instance.connect();
    try {
      for await (const rows of (await connection.stream(select)).yieldRows()) yield rows as OnlineValue[][];
    } finally {
      connection.closeSync();
    }
  }

  close(): void {
    this.instance.closeSync();
  }

  private async query(sql: string): Promise<unknown[][]> {
    const connection = await this.instance.connect();
    try {
      return (await connection.runAndReadAll(sql)).getRows();
    } finally {
      connection.closeSync();
    }
  }
}

function typeOf(name: string, type: string): FeatureType {
  const found = TYPES[type];
  if (!found) throw new TypeError(`column ${name} has type ${type}, which no feature has`);
  return found;
}
