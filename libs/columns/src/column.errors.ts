export type ColumnsErrorCode =
  | 'COLUMN_NOT_FOUND'
  | 'COLUMN_DUPLICATE'
  | 'COLUMN_TYPE_MISMATCH'
  | 'COLUMN_LENGTH_MISMATCH'
  | 'PARQUET_UNREADABLE'
  | 'PARQUET_TYPE_UNSUPPORTED'
  | 'TABLE_UNREADABLE'
  | 'CSV_UNREADABLE'
  | 'JSON_UNREADABLE';

/** Bad input or a wrong call: never worth a retry. */
export class ColumnsError extends Error {
  readonly retryable = false;

  constructor(
    readonly code: ColumnsErrorCode,
    message: string,
    readonly details: Readonly<Record<string, unknown>> = {},
    cause?: unknown,
  ) {
    super(message, cause === undefined ? undefined : { cause });
    this.name = 'ColumnsError';
  }
}
