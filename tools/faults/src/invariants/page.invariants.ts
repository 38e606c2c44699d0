import { attemptsExhaustedV1 } from '@perennial/contracts';
import { eventsOf } from '../evidence/history.event';
import { incidentsOf } from '../evidence/incidents';
import { idsOf, type Invariant, type Violation } from './violation';

/** Each exhausted cycle pages once, nothing else pages, and the recovery takes the page back. */
export const onePagePerIncident: Invariant = ({ events, pages }) => {
  const rule = 'one page per incident';
  const exhausted = eventsOf(events, attemptsExhaustedV1);
  const incidents = incidentsOf(pages);
  const unpaged = exhausted.filter(({ data }) => !incidents.some(({ dedupKey }) => dedupKey === data.cycleId));
  const wrong = incidents.flatMap(({ dedupKey, pages: rang, resolved }): Violation[] => {
    const cause = exhausted.filter(({ data }) => data.cycleId === dedupKey);
    const problems = [
      ...(cause.length === 0 ? ['no exhausted cycle is behind it'] : []),
      ...(rang === 1 ? [] : [`paged ${rang} times`]),
      ...(resolved ? [] : ['not resolved']),
    ];
    return problems.map((problem) => ({ rule, message: `incident ${dedupKey}: ${problem}`, events: idsOf(cause) }));
  });
  return [
    ...unpaged.map(({ id, data }) => ({ rule, message: `${data.cycleId}: nobody was paged`, events: [id] })),
    ...wrong,
  ];
};

export const noDeadLetters: Invariant = ({ deadLetters }) =>
  deadLetters.map(({ topic, code, message }) => ({
    rule: 'no dead letters',
    message: `${topic}: ${code}: ${message}`,
    events: [],
  }));
