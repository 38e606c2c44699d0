export const carriers = ['north', 'south', 'river'] as const;

export interface Parcel {
  readonly parcel: string;
  /** yyyy-MM-dd */
  readonly shipped_on: string;
  readonly express: boolean;
  readonly carrier: (typeof carriers)[number];
  /** Null where the parcel was not weighed. */
  readonly weight_kg: number | null;
  readonly outcome: 'late' | 'on-time';
}

const carrierEffect = { north: -1.2, south: 0.2, river: 1.8 } as const;

/** Log-odds of being late: what a model has to find out. `weekday` from 0 (Sunday). */
export function latenessLogit(express: boolean, carrier: Parcel['carrier'], weightKg: number, weekday: number): number {
  const weekend = weekday === 0 || weekday === 6 ? 1.5 : 0;
  return -0.6 + carrierEffect[carrier] + (express ? -2 : 0.4) + weekend + (weightKg - 10) / 8;
}
