import { type Change, type Valve, valvesOf } from './valve';

export type Verdict = 'kept' | 'promoted' | 'exhausted';

export interface StoryDay {
  readonly day: string;
  readonly change: Change;
  /** What the day is there for. */
  readonly verdict: Verdict;
}

/** The demo's story in small: a first model, a day that holds, one that is improved, one that pages, the recovery. */
export const story = [
  { day: '2026-03-02', change: 'none', verdict: 'promoted' },
  { day: '2026-03-03', change: 'none', verdict: 'kept' },
  { day: '2026-03-04', change: 'recoded', verdict: 'promoted' },
  { day: '2026-03-05', change: 'random-labels', verdict: 'exhausted' },
  { day: '2026-03-06', change: 'recoded', verdict: 'kept' },
] as const satisfies readonly StoryDay[];

export type Day = (typeof story)[number]['day'];
export const [referenceDay, heldDay, improvedDay, pagedDay, recoveryDay] = story.map(({ day }) => day) as [
  Day,
  Day,
  Day,
  Day,
  Day,
];

/** Shorter ones, for faults that need no more: a model and its improvement; a page and the recovery. */
export const stories = {
  full: story,
  brief: [
    { day: referenceDay, change: 'none', verdict: 'promoted' },
    { day: heldDay, change: 'recoded', verdict: 'promoted' },
  ],
  paged: [
    { day: referenceDay, change: 'none', verdict: 'promoted' },
    { day: heldDay, change: 'random-labels', verdict: 'exhausted' },
    { day: improvedDay, change: 'none', verdict: 'kept' },
  ],
} as const satisfies Readonly<Record<string, readonly StoryDay[]>>;

export type StoryName = keyof typeof stories;

const rowsPerDay = 400;
const repeatedRows = 5;

/** Refused for a value that is none of the closed list, a number above its maximum, a missing id. */
const malformed = (day: string): Record<string, unknown>[] => [
  { valve: `${day}-bad-1`, position: 'ajar', pressure: 1, outcome: 'leaks' },
  { valve: `${day}-bad-2`, position: 'open', pressure: 'high', outcome: 'holds' },
  { valve: null, position: 'open', pressure: 1, outcome: 'holds' },
];

export interface DayRecords {
  readonly day: string;
  /** As pushed: with some rows twice and some that are malformed. */
  readonly records: readonly Readonly<Record<string, unknown>>[];
  /** Ids of the rows that must be stored. */
  readonly accepted: readonly string[];
}

export function recordsOf({ day, change }: StoryDay): DayRecords {
  const valves: readonly Valve[] = valvesOf({ day, change, rows: rowsPerDay });
  const records = [...valves, ...valves.slice(0, repeatedRows)].map((valve) => ({ ...valve }));
  return { day, records: [...malformed(day), ...records], accepted: valves.map(({ valve }) => valve) };
}
