import { LATENCY_BOUNDS_MS, SCORE_BINS } from '@perennial/contracts';

const scoreBins = (): number[] => new Array<number>(SCORE_BINS).fill(0);

/** A probability of 1 belongs to the last bin. */
const scoreBin = (probability: number): number => Math.min(SCORE_BINS - 1, Math.floor(probability * SCORE_BINS));

/** By halving: the first bound that is not below. */
function latencyBin(ms: number): number {
  let low = 0;
  let high = LATENCY_BOUNDS_MS.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((LATENCY_BOUNDS_MS[middle] as number) < ms) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** What one arm has answered since its traffic is routed. Counters only grow. */
export class ArmCounts {
  requests = 0;
  errors = 0;
  rows = 0;
  readonly latency = new Array<number>(LATENCY_BOUNDS_MS.length + 1).fill(0);
  readonly scores = scoreBins();

  answered(latencyMs: number, probabilities: Float64Array): void {
    this.requests += 1;
    this.rows += probabilities.length;
    add(this.latency, latencyBin(latencyMs));
    for (const probability of probabilities) add(this.scores, scoreBin(probability));
  }

  failed(): void {
    this.requests += 1;
    this.errors += 1;
  }

  report() {
    const { requests, errors, rows, latency, scores } = this;
    return { requests, errors, rows, latency: [...latency], scores: [...scores] };
  }
}

/** How a version that only looks on compares with what was answered. */
export class ShadowCounts {
  compared = 0;
  errors = 0;
  dropped = 0;
  disagreements = 0;
  distance = 0;
  readonly scores = scoreBins();

  /** `answered` with the threshold of the model that answered. */
  compare(own: Float64Array, threshold: number, answered: Float64Array, answeredThreshold: number): void {
    own.forEach((probability, row) => {
      const other = answered[row] as number;
      this.compared += 1;
      this.distance += Math.abs(probability - other);
      if (probability >= threshold !== other >= answeredThreshold) this.disagreements += 1;
      add(this.scores, scoreBin(probability));
    });
  }

  report() {
    const { compared, errors, dropped, disagreements, distance, scores } = this;
    return { compared, errors, dropped, disagreements, distance, scores: [...scores] };
  }
}

function add(counts: number[], bin: number): void {
  counts[bin] = (counts[bin] ?? 0) + 1;
}
