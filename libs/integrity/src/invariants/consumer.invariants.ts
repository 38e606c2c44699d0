import { serviceNames } from '@perennial/contracts';
import { eventInvariant, limit } from '../checking/event.invariant';
import { groupBy } from '../checking/grouping';
import type { HistoryView } from '../checking/history.view';
import { conclude, type Invariant, type Violation, unobserved, violation } from '../checking/invariant';
import { messagingCollections, sourceOf } from '../documents/documents';
import type { ConsumerGroup, ObservedDeadLetter, ObservedEvent } from '../history/history';

export const markOf = (group: string, { source, id }: Pick<ObservedEvent, 'source' | 'id'>): string =>
  JSON.stringify([group, source, id]);

const positionOf = ({ topic, partition, offset }: Pick<ObservedEvent, 'topic' | 'partition' | 'offset'>): string =>
  `${topic}/${partition}/${offset}`;

function marksOf(view: HistoryView, service: string): ReadonlySet<string> | undefined {
  const marks = view.documents(messagingCollections(service).inbox);
  return marks && new Set(marks.map(({ id }) => id));
}

/** Events below the committed offsets that the group handles but has neither marked nor given up. */
function skippedBy(view: HistoryView, group: ConsumerGroup, deliveries: ReadonlyMap<string, ObservedEvent[]>) {
  const marks = marksOf(view, group.service);
  if (!marks) return undefined;
  const letters = (view.history.deadLetters ?? []).filter((letter) => letter.group === group.group);
  const given = new Set(letters.flatMap((letter) => [positionOf(letter), ...(letter.event ? [letter.event.id] : [])]));
  const handles = new Set(group.handles);
  const { marksSince } = view.history;
  let checked = 0;
  const skipped = group.committed.flatMap(({ topic, partition, offset }) =>
    (deliveries.get(`${topic}/${partition}`) ?? []).filter((event) => {
      if (event.offset >= offset || !handles.has(event.type)) return false;
      if (event.addressee !== undefined && event.addressee !== group.group) return false;
      if (marksSince !== undefined && event.time < marksSince) return false;
      checked += 1;
      return !marks.has(markOf(group.group, event)) && !given.has(positionOf(event)) && !given.has(event.id);
    }),
  );
  return { checked, skipped };
}

const offsetsBehindEffects = eventInvariant({
  name: 'offsets-behind-effects',
  promise: 'A consumer group commits an offset only after each event below it took effect or became a dead letter.',
  subject: 'event that a group has passed',
  examine: (view) => {
    const { groups, deadLetters } = view.history;
    if (!groups) return 'the consumer groups were not read';
    if (!deadLetters) return 'the dead letters were not read';
    const deliveries = groupBy(view.history.events ?? [], ({ topic, partition }) => `${topic}/${partition}`);
    const blind: string[] = [];
    let checked = 0;
    const violations = groups.flatMap((group): Violation[] => {
      const found = skippedBy(view, group, deliveries);
      if (!found) {
        blind.push(group.group);
        return [];
      }
      checked += found.checked;
      return found.skipped.map((event) =>
        violation(`${group.group}: passed ${positionOf(event)} without an effect of event ${event.id}`, [event]),
      );
    });
    return { checked, violations, limits: limit(blind, 'its inbox was not read') };
  },
});

const platformSources: ReadonlySet<string> = new Set(serviceNames.map(sourceOf));

/** A redelivery may have been handled in the meantime. */
function wasRedriven(view: HistoryView, { event, group }: ObservedDeadLetter): boolean {
  if (!event) return false;
  const mark = markOf(group, event);
  return serviceNames.some((service) => marksOf(view, service)?.has(mark) ?? false);
}

function isPoison(view: HistoryView, letter: ObservedDeadLetter): boolean {
  const { poison } = view.history;
  if (poison) return poison.includes(positionOf(letter)) || (letter.event !== null && poison.includes(letter.event.id));
  // Where nobody said what was sent on purpose: what no service of the platform has written.
  return letter.event === null || !platformSources.has(letter.event.source);
}

const noGoodDeadLetters: Invariant = {
  name: 'no-dead-letters-without-poison',
  promise: 'Nothing that the platform itself wrote ends among the dead letters; each dead letter has a code.',
  check: (view) => {
    const { deadLetters, events } = view.history;
    if (!deadLetters) return unobserved('the dead letters were not read');
    const letters = deadLetters.filter((letter) => !wasRedriven(view, letter));
    const wrong = letters.filter((letter) => !isPoison(view, letter) || letter.code === '');
    const violations = wrong.map((letter) => {
      const message = `${letter.group}: ${positionOf(letter)}: ${letter.code || 'no code'}: ${letter.message.slice(0, 200)}`;
      return violation(message, letter.event ? [letter.event] : []);
    });
    return conclude(Math.max(deadLetters.length, events?.length ?? 0), violations, 'event');
  },
};

export const consumerInvariants: readonly Invariant[] = [offsetsBehindEffects, noGoodDeadLetters];
