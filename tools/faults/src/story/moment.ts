import {
  attemptsExhaustedV1,
  batchClosedV1,
  batchPreparedV1,
  cycleStartedV1,
  modelJudgedV1,
  modelKeptV1,
  modelPromotedV1,
  retrainingRequestedV1,
  rolloutCompletedV1,
  rolloutStartedV1,
  runCompletedV1,
  runStartedV1,
  versionApprovedV1,
  versionRegisteredV1,
  viewUpdatedV1,
} from '@perennial/contracts';
import type { HistoryEvent } from '../evidence/history.event';
import { stories, type StoryName, type StoryDay } from './story';

/** Half of a day's records are on their way, when no event tells of the day yet. */
export const halfPushed = 'half-pushed';

/** A point of a story that surely comes: an event of a day, by its type, or `halfPushed`. */
export interface Moment {
  readonly type: string;
  readonly day: string;
}

const opening = [batchClosedV1, batchPreparedV1, viewUpdatedV1, cycleStartedV1];
const attempt = [retrainingRequestedV1, runStartedV1, runCompletedV1, modelJudgedV1];
const rollout = [modelPromotedV1, versionRegisteredV1, versionApprovedV1, rolloutStartedV1, rolloutCompletedV1];

const told: Readonly<Record<StoryDay['verdict'], readonly { readonly type: string }[]>> = {
  promoted: [...opening, ...attempt, ...rollout],
  exhausted: [...opening, ...attempt, attemptsExhaustedV1],
  kept: [...opening, modelJudgedV1, modelKeptV1],
};

/** Every moment of a story, in the order in which they come first. */
export const momentsOf = (name: StoryName): Moment[] =>
  stories[name].flatMap(({ day, verdict }) => [
    { type: halfPushed, day },
    ...told[verdict].map(({ type }) => ({ type, day })),
  ]);

interface OfDay {
  readonly day?: string;
  readonly cycleId?: string | null;
}

/** Events of runs, versions and rollouts name their cycle, pipeline/day. */
export function isAt({ type, day }: Moment, event: Pick<HistoryEvent, 'type' | 'data'>): boolean {
  const { day: own, cycleId } = event.data as OfDay;
  return event.type === type && (own === day || (cycleId?.endsWith(`/${day}`) ?? false));
}

/** As people read it: `run-started of 2026-03-03`. */
export const describeMoment = ({ type, day }: Moment): string =>
  `${type.replace(/^perennial\.|\.v\d+$/g, '')} of ${day}`;
