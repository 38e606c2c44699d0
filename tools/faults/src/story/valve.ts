import { uniformFloat64 } from 'pure-rand/distribution/uniformFloat64';
import { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus';

export const positions = ['open', 'half', 'shut', 'locked'] as const;

/** An inspected valve: made-up data whose label follows from its inputs almost without noise. */
export interface Valve {
  readonly valve: string;
  readonly position: (typeof positions)[number];
  readonly pressure: number;
  readonly outcome: 'leaks' | 'holds';
}

/** How a day's data differs from that of the first day. */
export type Change = 'none' | 'recoded' | 'random-labels';

export interface ValveDay {
  /** yyyy-MM-dd */
  readonly day: string;
  readonly rows: number;
  readonly change: Change;
}

const noise = 0.03;
const millisecondsPerDay = 86_400_000;

/** Equal days give equal valves. `recoded`: what was written `open` is written `shut` and so on, two places further. */
export function valvesOf({ day, rows, change }: ValveDay): Valve[] {
  const random = xoroshiro128plus(Date.parse(`${day}T00:00:00Z`) / millisecondsPerDay);
  const uniform = () => uniformFloat64(random);
  const valves: Valve[] = [];
  for (let row = 0; row < rows; row += 1) {
    const code = Math.floor(uniform() * positions.length);
    const pressure = Math.round(uniform() * 1000) / 100;
    const leaks = change === 'random-labels' ? uniform() < 0.5 : code < 2 !== uniform() < noise;
    valves.push({
      valve: `${day}-${String(row + 1).padStart(4, '0')}`,
      position: positions[change === 'none' ? code : (code + 2) % positions.length]!,
      pressure,
      outcome: leaks ? 'leaks' : 'holds',
    });
  }
  return valves;
}
