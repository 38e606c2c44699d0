import type { EventContract } from '../define';
import { asyncApiText, type Topics } from './asyncapi';
import { deriveSchema } from './json-schema';
import { topicsPage } from './topics-page';

/** Text of each file by its name. */
export type Files = ReadonlyMap<string, string>;

export const SCHEMA_SUFFIX = '.schema.json';

/** Every published file, derived from the contracts. */
export function deriveArtifacts(topics: Topics, contracts: readonly EventContract[]): Files {
  const schemas = contracts.map((contract): [string, string] => [
    `${contract.type}${SCHEMA_SUFFIX}`,
    `${JSON.stringify(deriveSchema(contract), null, 2)}\n`,
  ]);
  return new Map([
    ...schemas,
    ['asyncapi.yaml', asyncApiText(topics, contracts)],
    ['TOPICS.md', topicsPage(topics, contracts)],
  ]);
}

/** Why the published files are not those that the contracts give. */
export function stalePublications(derived: Files, published: Files): string[] {
  const missing = [...derived.keys()].filter((name) => !published.has(name));
  const extra = [...published.keys()].filter((name) => !derived.has(name));
  const changed = [...derived].filter(([name, text]) => published.has(name) && published.get(name) !== text);
  return [
    ...missing.map((name) => `${name} is not published: run npm run contracts:publish`),
    ...extra.map((name) => `${name} is published, but no contract derives it`),
    ...changed.map(([name]) => `${name} differs from what its contract derives: run npm run contracts:publish`),
  ];
}
