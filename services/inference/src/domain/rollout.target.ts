import { TRAFFIC_BUCKETS } from '@perennial/contracts';
import type { BucketRange } from './traffic.split';

/** Who says what is served. `file`: the deployed folder, while the deployer was away. `mlflow`: a model registry. */
export type TargetSource = 'deployer' | 'file' | 'mlflow';

/** What a replica was told to serve. */
interface Told {
  rolloutId: string;
  /** Of the traffic. */
  sequence: number;
  source: TargetSource;
}

export interface ModelVersion {
  version: string;
  /** Digest of the artifact. */
  digest: string;
}

/** One version that is served. */
export type RolloutTarget = Told & ModelVersion;

export interface TargetArm extends ModelVersion {
  name: string;
  /** Percent of the keys. */
  weight: number;
  buckets: readonly BucketRange[];
}

/** All that a replica shall route for one pipeline. */
export interface TrafficTarget extends Told {
  /** Salt of the hash of keys. */
  experimentId: string;
  /** At least one; the first is the primary. */
  arms: readonly TargetArm[];
  shadows: readonly ModelVersion[];
}

/**
 * Only a higher sequence replaces, so repeated and late messages change nothing. What a file said gives way to the
 * deployer whatever its sequence: the file may be left over from an installation that was since reset.
 */
export function supersedes(target: Told, known: Told | null): boolean {
  if (known === null) return true;
  if (target.rolloutId === known.rolloutId) return target.sequence > known.sequence;
  if (known.source === 'file' && target.source === 'deployer') return true;
  return target.sequence > known.sequence;
}

/** Two of the same are one model in memory. */
export const modelKey = ({ version, digest }: ModelVersion): string => `${version} ${digest}`;

/** Versions that have to be loaded, each once. */
export function modelsOf({ arms, shadows }: Pick<TrafficTarget, 'arms' | 'shadows'>): ModelVersion[] {
  return [...new Map([...arms, ...shadows].map((each) => [modelKey(each), each])).values()];
}

/** All keys to one version. */
export const onlyArm = (model: ModelVersion): TargetArm => ({
  ...model,
  name: 'stable',
  weight: 100,
  buckets: [{ from: 0, to: TRAFFIC_BUCKETS }],
});
