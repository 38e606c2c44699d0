import { median } from './percentiles';

export interface Sample {
  /** Seconds since the first sample. */
  readonly at: number;
  readonly value: number;
}

export interface Slope {
  /** In units of the value per hour, with the bounds of a 95 % interval. */
  readonly perHour: number;
  readonly low: number;
  readonly high: number;
}

const HOUR = 3_600;
/** Of the standard normal distribution, for 95 %. */
const Z = 1.96;

/** The middle value of each stretch of so many seconds, at its middle: neighbouring samples are not independent. */
export function stretches(samples: readonly Sample[], seconds: number, take = median): Sample[] {
  const grouped = new Map<number, number[]>();
  for (const { at, value } of samples) {
    const stretch = Math.floor(at / seconds);
    grouped.set(stretch, [...(grouped.get(stretch) ?? []), value]);
  }
  return [...grouped].map(([stretch, values]) => ({ at: (stretch + 0.5) * seconds, value: take(values) }));
}

/**
 * The median of the slopes between all pairs of samples (Theil–Sen), with the interval of P. K. Sen, "Estimates of the
 * regression coefficient based on Kendall's tau" (1968), without ties. Needs three samples.
 */
export function slopeOf(samples: readonly Sample[]): Slope {
  const n = samples.length;
  if (n < 3) throw new RangeError(`${n} samples: a slope needs three`);
  const slopes: number[] = [];
  samples.forEach((a, index) => {
    for (const b of samples.slice(index + 1)) slopes.push(((b.value - a.value) / (b.at - a.at)) * HOUR);
  });
  slopes.sort((a, b) => a - b);
  const spread = Z * Math.sqrt((n * (n - 1) * (2 * n + 5)) / 18);
  const at = (rank: number) => slopes[Math.min(slopes.length - 1, Math.max(0, Math.round(rank)))] as number;
  return {
    perHour: median(slopes),
    low: at((slopes.length - spread) / 2 - 1),
    high: at((slopes.length + spread) / 2),
  };
}
