import { type DaySizes, fullSizes } from '../days/day.plan';

/** The short form reaches the same verdicts on fewer rows; README.md has the rehearsal of both. */
const shortSizes: DaySizes = { reference: 8_000, day: 4_500 };

export const demoSizes = (short: boolean): DaySizes => (short ? shortSizes : fullSizes);
