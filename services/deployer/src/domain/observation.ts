import { LATENCY_BOUNDS_MS, SCORE_BINS } from '@perennial/contracts';

/** What one arm has answered; counters only grow. */
export interface ArmCounts {
  requests: number;
  errors: number;
  rows: number;
  /** By `LATENCY_BOUNDS_MS`. */
  latency: number[];
  /** By equal parts of the probability. */
  scores: number[];
}

export interface LabelCounts {
  truePositives: number;
  falsePositives: number;
  trueNegatives: number;
  falseNegatives: number;
}

export interface ShadowCounts {
  version: string;
  compared: number;
  errors: number;
  dropped: number;
  disagreements: number;
  distance: number;
  scores: number[];
}

/** What a replica last said of the traffic that it routes. Times are milliseconds since 1970 by its clock. */
export interface Observation {
  replicaId: string;
  pipeline: string;
  rolloutId: string;
  sequence: number;
  experimentId: string;
  since: number;
  at: number;
  arms: ({ name: string; version: string } & ArmCounts)[];
  shadows: ShadowCounts[];
  labels: ({ arm: string } & LabelCounts)[];
}

/** Counters of one life of a replica under one traffic: a later report of the same stands for the earlier one. */
export const observationKey = ({ replicaId, pipeline, sequence, since }: Observation): string =>
  `${replicaId}/${pipeline}/${sequence}/${since}`;

const nothing = (): ArmCounts => ({
  requests: 0,
  errors: 0,
  rows: 0,
  latency: LATENCY_BOUNDS_MS.map(() => 0).concat(0),
  scores: new Array<number>(SCORE_BINS).fill(0),
});

const sums = (a: readonly number[], b: readonly number[]): number[] => a.map((each, i) => each + (b[i] ?? 0));

/** Of one arm over all replicas, under the traffic with this sequence. */
export function countsOf(observations: readonly Observation[], sequence: number, arm: string): ArmCounts {
  return observations
    .filter((each) => each.sequence === sequence)
    .flatMap(({ arms }) => arms.filter(({ name }) => name === arm))
    .reduce<ArmCounts>(
      (sum, each) => ({
        requests: sum.requests + each.requests,
        errors: sum.errors + each.errors,
        rows: sum.rows + each.rows,
        latency: sums(sum.latency, each.latency),
        scores: sums(sum.scores, each.scores),
      }),
      nothing(),
    );
}

export function shadowCountsOf(observations: readonly Observation[], sequence: number, version: string): ShadowCounts {
  const none = { version, compared: 0, errors: 0, dropped: 0, disagreements: 0, distance: 0, scores: nothing().scores };
  return observations
    .filter((each) => each.sequence === sequence)
    .flatMap(({ shadows }) => shadows.filter((shadow) => shadow.version === version))
    .reduce<ShadowCounts>(
      (sum, each) => ({
        version,
        compared: sum.compared + each.compared,
        errors: sum.errors + each.errors,
        dropped: sum.dropped + each.dropped,
        disagreements: sum.disagreements + each.disagreements,
        distance: sum.distance + each.distance,
        scores: sums(sum.scores, each.scores),
      }),
      none,
    );
}

const total = (labels: LabelCounts): number =>
  labels.truePositives + labels.falsePositives + labels.trueNegatives + labels.falseNegatives;

/** Every replica counts the labels of all; labels only come in, so the most is the newest. */
export function labelsOf(observations: readonly Observation[], experimentId: string, arm: string): LabelCounts {
  const none = { truePositives: 0, falsePositives: 0, trueNegatives: 0, falseNegatives: 0 };
  return observations
    .filter((each) => each.experimentId === experimentId)
    .flatMap(({ labels }) => labels.filter((each) => each.arm === arm))
    .reduce<LabelCounts>((most, each) => (total(each) > total(most) ? each : most), none);
}

export const labelled = total;
