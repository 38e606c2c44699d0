import {
  alertRaisedV1,
  alertResolvedV1,
  batchClosedV1,
  batchPreparedV1,
  type EventContract,
  modelJudgedV1,
  rolloutCompletedV1,
  rolloutStartedV1,
  runStartedV1,
  versionApprovedV1,
  viewUpdatedV1,
} from '@perennial/contracts';
import { eventsOf } from '../evidence/history.event';
import { groupBy, idsOf, type Invariant } from './violation';

interface Fact {
  readonly contract: EventContract<never>;
  readonly keyOf: (data: Readonly<Record<string, unknown>>) => string;
}

function fact<T>(contract: EventContract<T>, ...fields: readonly (keyof T & string)[]): Fact {
  return { contract: contract as never, keyOf: (data) => fields.map((field) => String(data[field])).join(' ') };
}

/** What happens once, by what tells it apart. A second event of its own id would mean that an effect came twice. */
const facts: readonly Fact[] = [
  fact(batchClosedV1, 'batchId'),
  fact(batchPreparedV1, 'batchId'),
  fact(viewUpdatedV1, 'view', 'batchId'),
  fact(modelJudgedV1, 'cycleId', 'role', 'attempt'),
  fact(runStartedV1, 'runId', 'claim'),
  fact(versionApprovedV1, 'pipeline', 'version'),
  fact(rolloutStartedV1, 'pipeline', 'version'),
  fact(rolloutCompletedV1, 'pipeline', 'version'),
  fact(alertRaisedV1, 'alertId'),
  fact(alertResolvedV1, 'alertId'),
];

export const factsToldOnce: Invariant = ({ events }) =>
  facts.flatMap(({ contract, keyOf }) =>
    [...groupBy(eventsOf<Record<string, unknown>>(events, contract as never), ({ data }) => keyOf(data))]
      .filter(([, found]) => found.length > 1)
      .map(([key, found]) => ({
        rule: 'facts told once',
        message: `${contract.type} of ${key}: ${found.length} events`,
        events: idsOf(found),
      })),
  );
