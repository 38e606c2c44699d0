import type { EventContract } from '../define';
import { SCHEMA_SUFFIX } from './artifacts';
import { incompatibilities } from './compatibility/compatibility';
import { deriveSchema } from './json-schema';
import { withdrawn } from './withdrawn';

/** `perennial.evaluation.model-judged`: the type without its version. */
export const eventName = (contract: EventContract): string => contract.type.replace(/\.v\d+\./, '.');

/** The versions of each event, oldest first. */
export function versionsByEvent(contracts: readonly EventContract[]): Map<string, EventContract[]> {
  const groups = new Map<string, EventContract[]>();
  for (const contract of contracts) {
    groups.set(eventName(contract), [...(groups.get(eventName(contract)) ?? []), contract]);
  }
  for (const versions of groups.values()) versions.sort((a, b) => a.version - b.version);
  return groups;
}

/** FULL_TRANSITIVE: every version reads and is read by every other; versions count from 1 and share one topic. */
export function versionProblems(contracts: readonly EventContract[]): string[] {
  return [...versionsByEvent(contracts).values()].flatMap((versions) => [
    ...versions
      .filter((version, index) => missing(version, versions[index - 1]?.version ?? 0))
      .map(({ type }) => `${type}: versions count from 1 without gaps`),
    ...versions
      .filter(({ topic }) => topic.name !== versions[0]!.topic.name)
      .map(({ type, topic }) => `${type}: moved from ${versions[0]!.topic.name} to ${topic.name}`),
    ...versions.flatMap((newer, index) => versions.slice(0, index).flatMap((older) => pairProblems(older, newer))),
  ]);
}

/** Whether a version is missing between this one and the one before it; one that was withdrawn is not. */
function missing({ type, version }: EventContract, before: number): boolean {
  if (version <= before) return true;
  const between = Array.from({ length: version - before - 1 }, (_, index) => before + 1 + index);
  return between.some((each) => !withdrawn.has(`${type.replace(/\.v\d+\./, `.v${each}.`)}${SCHEMA_SUFFIX}`));
}

function pairProblems(older: EventContract, newer: EventContract): string[] {
  return incompatibilities(deriveSchema(older), deriveSchema(newer)).map(
    ({ rule, direction, path, message }) =>
      `${newer.type} is not ${direction} compatible with v${older.version}: ${path}: ${message} [${rule}]`,
  );
}
