import { uniformFloat64 } from 'pure-rand/distribution/uniformFloat64';
import { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus';
import { carriers, latenessLogit, type Parcel } from './parcel';

export interface GeneratorOptions {
  /** yyyy-MM-dd; parcels were shipped within the 14 days before it. */
  readonly day: string;
  readonly rows: number;
  readonly seed: number;
}

const millisecondsPerDay = 86_400_000;
const unweighedShare = 0.03;

/** Equal options give equal parcels; another day gives others. */
export function* generateParcels({ day, rows, seed }: GeneratorOptions): Generator<Parcel> {
  const midnight = Date.parse(`${day}T00:00:00Z`);
  const random = xoroshiro128plus(seed + midnight / millisecondsPerDay);
  const uniform = () => uniformFloat64(random);
  for (let row = 1; row <= rows; row += 1) {
    const shipped = new Date(midnight - Math.ceil(uniform() * 14) * millisecondsPerDay);
    const express = uniform() < 0.3;
    const carrier = carriers[Math.floor(uniform() * carriers.length)] ?? 'north';
    const weight = Math.round(-10 * Math.log(1 - uniform()) * 100) / 100;
    const probability = 1 / (1 + Math.exp(-latenessLogit(express, carrier, Math.min(weight, 40), shipped.getUTCDay())));
    const outcome = uniform() < probability ? ('late' as const) : ('on-time' as const);
    yield {
      parcel: `${day}-${String(row).padStart(5, '0')}`,
      shipped_on: shipped.toISOString().slice(0, 10),
      express,
      carrier,
      weight_kg: uniform() < unweighedShare ? null : Math.min(weight, 60),
      outcome,
    };
  }
}

/** CSV with a header; null is empty. No value needs quotes. */
export function parcelsCsv(parcels: Iterable<Parcel>): string {
  const names = ['parcel', 'shipped_on', 'express', 'carrier', 'weight_kg', 'outcome'] as const;
  const lines = [...parcels].map((parcel) => names.map((name) => parcel[name] ?? '').join(','));
  return `${[names.join(','), ...lines].join('\n')}\n`;
}
