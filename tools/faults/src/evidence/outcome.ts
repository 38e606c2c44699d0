import {
  attemptsExhaustedV1,
  batchClosedV1,
  cycleSkippedV1,
  cycleStartedV1,
  modelKeptV1,
  modelPromotedV1,
  retrainingRequestedV1,
} from '@perennial/contracts';
import { incidentsOf } from '@perennial/integrity';
import type { Evidence } from './evidence';
import { eventsOf, type HistoryEvent } from './history.event';

export interface DayOutcome {
  readonly day: string;
  /** Of every cycle event that ends one, in order. */
  readonly verdicts: readonly string[];
  readonly cycles: number;
  readonly attempts: number;
  readonly accepted: number;
  readonly quarantined: number;
}

/** What people would tell of a scenario: nothing in it depends on time, names or ids. */
export interface Outcome {
  readonly days: readonly DayOutcome[];
  /** Days whose cycle gave the versions, oldest first. */
  readonly versionsOfDays: readonly string[];
  /** Day whose cycle gave the version that answers in the end; one where everybody agrees. */
  readonly servingOfDays: readonly string[];
  readonly incidents: readonly { readonly day: string; readonly pages: number; readonly resolved: boolean }[];
}

const endings = {
  kept: modelKeptV1,
  promoted: modelPromotedV1,
  exhausted: attemptsExhaustedV1,
  skipped: cycleSkippedV1,
};

/** A cycle id and an incident key are pipeline/day. */
const dayOf = (key: string): string => key.slice(key.lastIndexOf('/') + 1);

/** Verdicts of a day, one for each event that ends its cycle. */
export const verdictsOf = (events: readonly HistoryEvent[], day: string): string[] =>
  Object.entries(endings).flatMap(([verdict, contract]) =>
    eventsOf<{ day: string }>(events, contract as never)
      .filter((event) => event.data.day === day)
      .map(() => verdict),
  );

function outcomeOfDay(events: readonly HistoryEvent[], day: string): DayOutcome {
  const ofDay = <T extends { data: { day: string } }>(found: readonly T[]) =>
    found.filter(({ data }) => data.day === day);
  const closed = ofDay(eventsOf(events, batchClosedV1));
  const sum = (count: 'accepted' | 'quarantined') => closed.reduce((total, { data }) => total + data.rows[count], 0);
  return {
    day,
    verdicts: verdictsOf(events, day),
    cycles: ofDay(eventsOf(events, cycleStartedV1)).length,
    attempts: ofDay(eventsOf(events, retrainingRequestedV1)).length,
    accepted: sum('accepted'),
    quarantined: sum('quarantined'),
  };
}

export function outcomeOf({ events, pushed, versions, serving, pages }: Evidence): Outcome {
  const dayOfVersion = (name: string | null) =>
    dayOf(versions.find(({ version }) => version === name)?.cycleId ?? 'none');
  return {
    days: Object.keys(pushed).map((day) => outcomeOfDay(events, day)),
    versionsOfDays: versions.map(({ cycleId }) => dayOf(cycleId)).sort(),
    servingOfDays: [...new Set(serving.map(dayOfVersion))],
    incidents: incidentsOf(pages).map(({ dedupKey, ...incident }) => ({ day: dayOf(dedupKey), ...incident })),
  };
}
