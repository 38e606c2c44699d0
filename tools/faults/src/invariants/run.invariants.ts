import { runCompletedV1, runFailedV1, versionRegisteredV1 } from '@perennial/contracts';
import { eventsOf } from '../evidence/history.event';
import { groupBy, idsOf, type Invariant, type Violation } from './violation';

export const oneResultPerRun: Invariant = ({ events }) => {
  const results = [...eventsOf(events, runCompletedV1), ...eventsOf(events, runFailedV1)];
  return [...groupBy<{ id: string; data: { runId: string } }>(results, ({ data }) => data.runId)]
    .filter(([, found]) => found.length > 1)
    .map(([runId, found]) => ({
      rule: 'one result per run',
      message: `${runId}: ${found.length} results`,
      events: idsOf(found),
    }));
};

/** A version, and a version of a cycle, is registered once; the registry holds exactly what it announced. */
export const versionsRegisteredOnce: Invariant = ({ events, versions }) => {
  const rule = 'versions registered once';
  const registered = eventsOf(events, versionRegisteredV1);
  const repeated = (['version', 'cycleId'] as const).flatMap((field) =>
    [...groupBy(registered, ({ data }) => data[field])]
      .filter(([, found]) => found.length > 1)
      .map(([key, found]): Violation => {
        return { rule, message: `${field} ${key}: registered ${found.length} times`, events: idsOf(found) };
      }),
  );
  const announced = registered.map(({ data }) => data.version).sort();
  const listed = versions.map(({ version }) => version).sort();
  if (announced.join() === listed.join()) return repeated;
  const message = `announced: ${announced.join(', ')}; in the registry: ${listed.join(', ')}`;
  return [...repeated, { rule, message, events: idsOf(registered) }];
};
