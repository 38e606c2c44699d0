import type { EventContract } from './define';
import * as exported from './events';

const isContract = (value: unknown): value is EventContract =>
  typeof value === 'object' && value !== null && 'dataschema' in value && 'topic' in value;

/** Every event version by its CloudEvents type. */
export const events: ReadonlyMap<string, EventContract> = new Map(
  (Object.values(exported) as unknown[]).filter(isContract).map((contract) => [contract.type, contract]),
);
