import { ArmCounts, ShadowCounts } from '../domain/arm.counts';
import { modelKey, type RolloutTarget, type TargetArm, type TrafficTarget } from '../domain/rollout.target';
import { bucketAt, bucketOf, owns } from '../domain/traffic.split';
import type { ServableModel } from './ports';

export interface LoadedModel {
  model: ServableModel;
  /** Milliseconds since 1970. */
  loadedAt: number;
}

export interface Serving extends LoadedModel {
  target: RolloutTarget;
  arm: string;
  experimentId: string;
  /** Null while one version answers everything: there is nothing to compare it with. */
  counts: ArmCounts | null;
}

export interface Shadowing extends LoadedModel {
  version: string;
  counts: ShadowCounts;
}

/** Which arm shall answer: one by its name or version where there is one, else that of the key, else any. */
export interface Route {
  key?: string;
  arm?: string;
  version?: string;
}

/** Who answers what: loaded models in the place of the target's versions. Never changes; the next one replaces it. */
export class TrafficTable {
  readonly arms: readonly Serving[];
  readonly shadows: readonly Shadowing[];
  /** The one that answers everything, if there is. */
  private readonly only: Serving | null;

  constructor(
    readonly target: TrafficTarget,
    readonly models: ReadonlyMap<string, LoadedModel>,
    /** Milliseconds since 1970. */
    readonly since: number,
  ) {
    this.arms = target.arms.map((arm) => this.serving(arm));
    this.shadows = target.shadows.map((each) => ({
      ...(models.get(modelKey(each)) as LoadedModel),
      version: each.version,
      counts: new ShadowCounts(),
    }));
    const carrying = this.arms.filter((_, index) => (target.arms[index]?.weight ?? 0) > 0);
    this.only = carrying.length === 1 ? (carrying[0] as Serving) : null;
  }

  get primary(): Serving {
    return this.arms[0] as Serving;
  }

  /** Whether requests are answered by more than one version. */
  get isSplit(): boolean {
    return this.only === null;
  }

  get isExperiment(): boolean {
    return this.arms.length + this.shadows.length > 1;
  }

  /** `random`: from 0 up to 1, asked for where nothing else decides. */
  choose({ key, arm, version }: Route, random: () => number): Serving {
    const asked = this.arms.find((each) => each.arm === arm || each.target.version === version);
    if (asked) return asked;
    if (this.only) return this.only;
    const bucket = key === undefined ? bucketAt(random()) : bucketOf(this.target.experimentId, key);
    const index = this.target.arms.findIndex((each) => owns(each, bucket));
    return this.arms[index] ?? this.primary;
  }

  private serving({ name, version, digest }: TargetArm): Serving {
    const { rolloutId, sequence, source, experimentId, arms, shadows } = this.target;
    const loaded = this.models.get(modelKey({ version, digest })) as LoadedModel;
    const counts = arms.length + shadows.length > 1 ? new ArmCounts() : null;
    const target = { rolloutId, sequence, source, version, digest };
    return { ...loaded, target, arm: name, experimentId, counts };
  }
}
