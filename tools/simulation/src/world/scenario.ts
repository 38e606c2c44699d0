import type { Fault } from '../faults/fault';
import { faultsOf } from '../faults/fault.plan';
import { RandomStream } from '../scheduler/random.stream';
import type { StorySize } from './story';

/** How fast a platform looks for work and trains. */
export interface Pace {
  /** Between two looks of an idle process; longer than by default, so that they take fewer steps of a run. */
  pollMs: number;
  /** Of training, on average. */
  epochMs: number;
}

/** All that a run depends on. */
export interface Scenario {
  seed: number;
  size: StorySize;
  pace: Pace;
  faults: readonly Fault[];
}

/** Faults strike in this time; then everything heals. */
export const FAULTY_MS = 45_000;

/** Consumer groups of events; each service has one of its own name. */
const groups = [
  ...['preprocessing', 'feature-store', 'evaluator', 'trainer', 'registry', 'deployer', 'alerting'],
  'ingestion.perennial.ingestion.records.v1',
];

export function scenarioOf(seed: number): Scenario {
  const random = new RandomStream(seed, 'size');
  const size = { pipelines: random.pick([1, 1, 1, 1, 2]), days: random.pick([1, 1, 1, 1, 2, 3]) };
  const processes = processesOf(replicasOf(seed));
  const paces = new RandomStream(seed, 'pace');
  const pace = { pollMs: paces.pick([3_000, 5_000, 7_000]), epochMs: paces.pick([200, 400, 800]) };
  return { seed, size, pace, faults: faultsOf(seed, { processes, groups, untilMs: FAULTY_MS }) };
}

/** Processes by service: one or two of each. */
export function replicasOf(seed: number): Record<string, number> {
  const random = new RandomStream(seed, 'replicas');
  const often = ['evaluator', 'trainer', 'deployer', 'inference'];
  const seldom = ['ingestion', 'preprocessing', 'feature-store', 'registry', 'alerting'];
  return Object.fromEntries([
    ...seldom.map((service) => [service, random.chance(0.3) ? 2 : 1]),
    ...often.map((service) => [service, random.chance(0.6) ? 2 : 1]),
  ]);
}

export const processesOf = (replicas: Readonly<Record<string, number>>): string[] =>
  Object.entries(replicas).flatMap(([service, count]) =>
    Array.from({ length: count }, (_, index) => `${service}-${index + 1}`),
  );
