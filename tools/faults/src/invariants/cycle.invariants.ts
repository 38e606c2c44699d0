import {
  attemptsExhaustedV1,
  cycleSkippedV1,
  cycleStartedV1,
  modelKeptV1,
  modelPromotedV1,
  retrainingRequestedV1,
  topics,
  events as contracts,
} from '@perennial/contracts';
import { eventsOf, type HistoryEvent } from '../evidence/history.event';
import { groupBy, idsOf, type Invariant, type Violation } from './violation';

const endings: ReadonlySet<string> = new Set(
  [modelKeptV1, modelPromotedV1, attemptsExhaustedV1, cycleSkippedV1].map(({ type }) => type),
);

type CycleEvent = HistoryEvent & { readonly data: { readonly cycleId: string } };

/** What the evaluator said of each cycle, in the order of its topic. */
function cyclesOf(events: readonly HistoryEvent[]): Map<string, CycleEvent[]> {
  const said = events.filter(({ type }) => contracts.get(type)?.topic.name === topics.cycles.name) as CycleEvent[];
  return groupBy(said, ({ data }) => data.cycleId);
}

export const oneCyclePerDay: Invariant = ({ pipeline, pushed, events }) => {
  const started = groupBy(eventsOf(events, cycleStartedV1), ({ data }) => data.day);
  const days = [...new Set([...Object.keys(pushed), ...started.keys()])];
  return days.flatMap((day): Violation[] => {
    const found = started.get(day) ?? [];
    const expected = day in pushed ? 1 : 0;
    if (found.length === expected) return [];
    const message = `${pipeline} on ${day}: ${found.length} cycles started, expected ${expected}`;
    return [{ rule: 'one cycle per day', message, events: idsOf(found) }];
  });
};

export const boundedAttempts: Invariant = ({ maxAttempts, events }) => {
  const requested = groupBy(eventsOf(events, retrainingRequestedV1), ({ data }) => data.cycleId);
  return [...requested].flatMap(([cycleId, requests]): Violation[] => {
    const numbers = requests.map(({ data }) => data.attempt);
    const expected = numbers.map((_, index) => index + 1);
    if (numbers.length <= maxAttempts && numbers.join() === expected.join()) return [];
    const message = `${cycleId}: attempts ${numbers.join(', ')}, allowed are 1 to ${maxAttempts}, each once and in order`;
    return [{ rule: 'bounded attempts', message, events: idsOf(requests) }];
  });
};

export const oneEndPerCycle: Invariant = ({ events }) =>
  [...cyclesOf(events)].flatMap(([cycleId, said]): Violation[] => {
    const ends = said.filter(({ type }) => endings.has(type));
    const rule = 'one end per cycle';
    if (ends.length !== 1) {
      return [{ rule, message: `${cycleId}: ${ends.length} events end it`, events: idsOf(ends) }];
    }
    const after = said.slice(said.indexOf(ends[0]!) + 1);
    return after.length === 0 ? [] : [{ rule, message: `${cycleId}: goes on after its end`, events: idsOf(after) }];
  });
