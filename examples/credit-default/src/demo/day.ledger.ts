import type { Observation } from './platform.observation';

export type DayVerdict = 'kept' | 'promoted' | 'exhausted' | 'skipped';

/** What is known of one day so far. */
export interface DayEntry {
  readonly day: string;
  readonly rows: number | null;
  readonly rejected: number | null;
  readonly verdict: DayVerdict | null;
  readonly attempts: number;
  readonly incumbentF1: number | null;
  /** Of the best candidate. */
  readonly candidateF1: number | null;
  /** The version that the day brought into service. */
  readonly promotedVersion: string | null;
  /** True once every replica serves it. */
  readonly rolledOut: boolean;
  readonly failure: string | null;
}

export interface Ledger {
  readonly days: Readonly<Record<string, DayEntry>>;
  readonly serving: string | null;
}

export const emptyLedger: Ledger = { days: {}, serving: null };

const emptyEntry = (day: string): DayEntry => ({
  day,
  rows: null,
  rejected: null,
  verdict: null,
  attempts: 0,
  incumbentF1: null,
  candidateF1: null,
  promotedVersion: null,
  rolledOut: false,
  failure: null,
});

export const entryOf = (ledger: Ledger, day: string): DayEntry => ledger.days[day] ?? emptyEntry(day);

/** A cycle id is pipeline/day. */
const dayOfCycle = (cycleId: string): string => cycleId.slice(cycleId.lastIndexOf('/') + 1);

const best = (a: number | null, b: number | null): number | null => (a === null || (b !== null && b > a) ? b : a);

/** What the event says about its day; undefined when it says nothing that the ledger keeps. */
function changeOf(
  { kind, data }: Observation,
  before: (day: string) => DayEntry,
): [string, Partial<DayEntry>] | undefined {
  switch (kind) {
    case 'batchClosed':
      return data.correctionOf ? undefined : [data.day, { rows: data.rows.accepted, rejected: data.rows.quarantined }];
    case 'modelJudged': {
      const score = data.metrics.f1.value;
      if (data.role === 'incumbent') return [data.day, { incumbentF1: score }];
      return [data.day, { candidateF1: best(before(data.day).candidateF1, score) }];
    }
    case 'retrainingRequested':
      // An event may come twice.
      return [data.day, { attempts: Math.max(before(data.day).attempts, data.attempt) }];
    case 'modelKept':
      return [data.day, { verdict: 'kept' }];
    case 'modelPromoted':
      return [data.day, { verdict: 'promoted' }];
    case 'attemptsExhausted':
      return [data.day, { verdict: 'exhausted' }];
    case 'cycleSkipped':
      return [data.day, { verdict: 'skipped', failure: `${data.reason}: ${data.details.join('; ')}` }];
    case 'versionRegistered':
      return [dayOfCycle(data.cycleId), { promotedVersion: data.version }];
    case 'rolloutCompleted':
      return data.cycleId === null ? undefined : [dayOfCycle(data.cycleId), { rolledOut: true }];
    case 'rolloutFailed':
      return data.cycleId === null
        ? undefined
        : [dayOfCycle(data.cycleId), { failure: `rollout of ${data.version}: ${data.reason}` }];
    default:
      return undefined;
  }
}

/** The ledger after one more event; the same event again changes nothing. */
export function record(ledger: Ledger, observation: Observation): Ledger {
  const serving = observation.kind === 'rolloutCompleted' ? observation.data.version : ledger.serving;
  const change = changeOf(observation, (day) => entryOf(ledger, day));
  if (!change) return { ...ledger, serving };
  const [day, fields] = change;
  return { serving, days: { ...ledger.days, [day]: { ...entryOf(ledger, day), ...fields } } };
}

/** Nothing more is to come of the day: its verdict fell, and a promoted model serves. */
export const isSettled = ({ verdict, rolledOut }: DayEntry): boolean =>
  verdict !== null && (verdict !== 'promoted' || rolledOut);
