import { type ModelReference, TRAFFIC_BUCKETS } from '@perennial/contracts';

/** Buckets `from` to `to`, the last one not among them. */
export interface BucketRange {
  from: number;
  to: number;
}

export interface Arm {
  name: string;
  version: string;
  model: ModelReference;
  /** Percent of the keys, in hundredths. */
  weight: number;
  buckets: BucketRange[];
}

export type WantedArm = Omit<Arm, 'buckets'>;
export type Shadow = Pick<Arm, 'version' | 'model'>;

/** What replicas shall route: which version answers which keys, and which ones look on. */
export interface Traffic {
  /** Grows by one with every change; replicas follow the highest. */
  sequence: number;
  rolloutId: string;
  cycleId: string | null;
  /** Salt of the hash of keys; the same while only weights change, so that keys keep their arms. */
  experimentId: string;
  /** The first is the primary. */
  arms: Arm[];
  shadows: Shadow[];
  /** Milliseconds since 1970. */
  changedAt: number;
}

const HUNDREDTHS = TRAFFIC_BUCKETS / 100;
const NOBODY = -1;

/** Whether weights are hundredths of a percent that make up the whole. */
export const areWhole = (weights: readonly number[]): boolean =>
  weights.reduce((sum, weight) => sum + Math.round(weight * HUNDREDTHS), 0) === TRAFFIC_BUCKETS &&
  weights.every((weight) => Math.abs(weight * HUNDREDTHS - Math.round(weight * HUNDREDTHS)) < 1e-6);

/**
 * Gives every arm buckets for its weight. An arm keeps what it has of the same name before, up to its weight: so no key
 * moves that need not, whatever the number of arms. Weights are whole, see `areWhole`.
 */
export function divide(wanted: readonly WantedArm[], before: readonly Arm[]): Arm[] {
  const owner = new Int32Array(TRAFFIC_BUCKETS).fill(NOBODY);
  const missing = wanted.map(({ name, weight }, index) => {
    let left = Math.round(weight * HUNDREDTHS);
    for (const { from, to } of before.find((arm) => arm.name === name)?.buckets ?? []) {
      const end = Math.min(to, from + left);
      owner.fill(index, from, end);
      left -= end - from;
    }
    return left;
  });
  let arm = 0;
  for (let bucket = 0; bucket < TRAFFIC_BUCKETS; bucket += 1) {
    if (owner[bucket] !== NOBODY) continue;
    while (missing[arm] === 0) arm += 1;
    owner[bucket] = arm;
    missing[arm] = (missing[arm] as number) - 1;
  }
  return wanted.map((each, index) => ({ ...each, buckets: rangesOf(owner, index) }));
}

function rangesOf(owner: Int32Array, arm: number): BucketRange[] {
  const ranges: BucketRange[] = [];
  owner.forEach((each, bucket) => {
    if (each !== arm) return;
    const last = ranges.at(-1);
    if (last?.to === bucket) last.to = bucket + 1;
    else ranges.push({ from: bucket, to: bucket + 1 });
  });
  return ranges;
}

/** Whether more than one version takes part. */
export const isExperiment = (traffic: Pick<Traffic, 'arms' | 'shadows'> | null): boolean =>
  traffic !== null && traffic.arms.length + traffic.shadows.length > 1;
