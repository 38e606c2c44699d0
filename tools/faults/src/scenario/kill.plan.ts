import {
  attemptsExhaustedV1,
  batchClosedV1,
  batchPreparedV1,
  cycleStartedV1,
  modelPromotedV1,
  rolloutStartedV1,
  runStartedV1,
  versionApprovedV1,
} from '@perennial/contracts';
import type { HistoryEvent } from '../evidence/history.event';
import { heldDay, improvedDay, pagedDay } from '../story/story';

/** Which services are killed at which event of which day. */
export interface Kill {
  readonly services: readonly string[];
  readonly at: { readonly type: string };
  readonly day: string;
}

/** Ingestion is killed while records flow, when no event tells of the day yet. */
export const killedWhilePushing = { service: 'ingestion', day: heldDay } as const;

/** Every other service at the moment at which it has most to lose: it is about to work on the event, or does so. */
export const killPlan: readonly Kill[] = [
  { services: ['preprocessing'], at: batchClosedV1, day: heldDay },
  { services: ['feature-store'], at: batchPreparedV1, day: improvedDay },
  { services: ['evaluator'], at: cycleStartedV1, day: improvedDay },
  { services: ['trainer'], at: runStartedV1, day: improvedDay },
  { services: ['registry'], at: modelPromotedV1, day: improvedDay },
  { services: ['deployer'], at: versionApprovedV1, day: improvedDay },
  { services: ['inference'], at: rolloutStartedV1, day: improvedDay },
  { services: ['alerting'], at: attemptsExhaustedV1, day: pagedDay },
];

interface OfDay {
  readonly day?: string;
  readonly cycleId?: string | null;
}

/** Events of runs, versions and rollouts name their cycle, pipeline/day. */
function isOfDay(data: unknown, day: string): boolean {
  const { day: own, cycleId } = data as OfDay;
  return own === day || (cycleId?.endsWith(`/${day}`) ?? false);
}

/** Services to kill at this event. */
export const killedAt = ({ type, data }: HistoryEvent, plan: readonly Kill[] = killPlan): string[] =>
  plan.filter(({ at, day }) => at.type === type && isOfDay(data, day)).flatMap(({ services }) => services);
