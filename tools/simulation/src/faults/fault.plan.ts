import { RandomStream } from '../scheduler/random.stream';
import type { Target } from '../scheduler/simulator';
import type { Fault, FaultKind } from './fault';

export interface PlanBounds {
  /** Names of the processes that faults may strike. */
  processes: readonly string[];
  /** Consumer groups whose offsets may be moved back. */
  groups: readonly string[];
  /** Virtual milliseconds in which faults by time strike. */
  untilMs: number;
}

const HOUR_MS = 3_600_000;
const TARGETS: readonly Target[] = ['database', 'broker', 'objects', 'http'];
/** Operations of a process within the time of faults, about. */
const OPERATIONS = 400;

type Draw = (random: RandomStream, bounds: PlanBounds) => Fault[];

const at = (random: RandomStream, { untilMs }: PlanBounds) => random.integer(0, untilMs);
/** Early operations are the more frequent: every process gets that far. */
const operation = (random: RandomStream) => 1 + Math.floor(OPERATIONS * random.next() ** 2);
const downMs = (random: RandomStream) => random.integer(200, 15_000);

const draws: Record<FaultKind, Draw> = {
  crash: (random, { processes }) => [
    {
      ...{ kind: 'crash', process: random.pick(processes), operation: operation(random) },
      ...{ sent: random.chance(0.5), downMs: downMs(random) },
    },
  ],
  kill: (random, bounds) => [
    { kind: 'kill', process: random.pick(bounds.processes), at: at(random, bounds), downMs: downMs(random) },
  ],
  fail: (random, { processes }) => {
    const how = random.pick(['unreached', 'unanswered'] as const);
    const [process, first] = [random.pick(processes), operation(random)];
    // Several in a row exhaust the retries of a client.
    const count = random.pick([1, 1, 1, 3, 6]);
    return Array.from({ length: count }, (_, n) => ({ kind: 'fail', process, operation: first + n, how }));
  },
  delay: (random, { processes }) => [
    {
      ...{ kind: 'delay', process: random.pick(processes), operation: operation(random) },
      ms: random.integer(100, 40_000),
    },
  ],
  partition: (random, bounds) => [
    {
      ...{ kind: 'partition', process: random.pick(bounds.processes), target: random.pick(TARGETS) },
      ...{ at: at(random, bounds), ms: random.integer(500, 20_000) },
      how: random.pick(['unreached', 'unanswered', 'either'] as const),
    },
  ],
  outage: (random, bounds) => [
    { kind: 'outage', target: random.pick(TARGETS), at: at(random, bounds), ms: random.integer(500, 12_000) },
  ],
  pause: (random, bounds) => [
    { kind: 'pause', process: random.pick(bounds.processes), at: at(random, bounds), ms: random.integer(500, 45_000) },
  ],
  skew: (random, { processes }) => [
    { kind: 'skew', process: random.pick(processes), ms: random.integer(-HOUR_MS, HOUR_MS) },
  ],
  restart: (random, bounds) => [{ kind: 'restart', at: at(random, bounds) }],
  rebalance: (random, bounds) => {
    const first = at(random, bounds);
    return Array.from({ length: random.pick([1, 5]) }, (_, n) => ({ kind: 'rebalance', at: first + 1_000 * n }));
  },
  rewind: (random, bounds) => [
    { kind: 'rewind', group: random.pick(bounds.groups), at: at(random, bounds), records: random.integer(1, 10) },
  ],
};

const kinds = Object.keys(draws) as FaultKind[];
const weights: Record<FaultKind, number> = {
  ...{ crash: 5, kill: 3, fail: 4, delay: 3, partition: 3, outage: 1, pause: 3, skew: 2 },
  ...{ restart: 1, rebalance: 1, rewind: 2 },
};

/**
 * The faults of a seed. Each seed uses some kinds only: a run with all of them at once would seldom get far enough for
 * any of them to matter.
 */
export function faultsOf(seed: number, bounds: PlanBounds): Fault[] {
  const random = new RandomStream(seed, 'faults');
  const used = kinds.filter(() => random.chance(0.5));
  const pool = (used.length > 0 ? used : kinds).flatMap((kind) => Array<FaultKind>(weights[kind]).fill(kind));
  const count = random.integer(1, 16);
  return Array.from({ length: count }, () => draws[random.pick(pool)](random, bounds)).flat();
}
