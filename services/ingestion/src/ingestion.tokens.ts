export const DAY_STORE = Symbol('ingestion day store');
export const QUARANTINE_STORE = Symbol('ingestion quarantine store');
export const ROW_STORE = Symbol('ingestion row store');
export const BACKLOG_LOOP = Symbol('backlog loop');
