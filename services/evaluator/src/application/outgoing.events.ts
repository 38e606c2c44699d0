import {
  attemptsExhaustedV1,
  cycleSkippedV1,
  cycleStartedV1,
  modelJudgedV1,
  modelKeptV1,
  modelPromotedV1,
  retrainingRequestedV1,
  type EventContract,
} from '@perennial/contracts';
import { emit, type OutgoingEvent } from '@perennial/messaging';
import type { CycleEvent, PublishedCycleEvent } from '../domain/cycle.events';

const CONTRACTS: Record<PublishedCycleEvent['type'], EventContract<never>> = {
  'cycle-started': cycleStartedV1 as EventContract<never>,
  'model-judged': modelJudgedV1 as EventContract<never>,
  'retraining-requested': retrainingRequestedV1 as EventContract<never>,
  'model-kept': modelKeptV1 as EventContract<never>,
  'model-promoted': modelPromotedV1 as EventContract<never>,
  'attempts-exhausted': attemptsExhaustedV1 as EventContract<never>,
  'cycle-skipped': cycleSkippedV1 as EventContract<never>,
};

/** What of a cycle's events goes out. A queued day that starts later keeps the correlation of its own batch. */
export function outgoing(events: readonly CycleEvent[], correlationId: string): OutgoingEvent[] {
  return events.flatMap((event) => {
    if (!(event.type in CONTRACTS)) return [];
    const contract = CONTRACTS[event.type as PublishedCycleEvent['type']];
    return [emit(contract, event.data as never, { correlationId })];
  });
}
