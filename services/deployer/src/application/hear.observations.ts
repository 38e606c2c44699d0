import { type DataOf, trafficObservedV1 } from '@perennial/contracts';
import type { PartitionSlice, Refusals } from '@perennial/messaging';
import { type Observation, observationKey } from '../domain/observation';
import type { ObservationStore } from './ports';

/**
 * Keeps the newest report of every replica. Counters only grow, so a report that is lost, repeated or late is no matter:
 * no inbox, and no order but that of the reports' own time.
 */
export class HearObservations {
  constructor(
    private readonly declared: { has(pipeline: string): boolean },
    private readonly observations: ObservationStore,
    private readonly refusals: Pick<Refusals, 'readable'>,
  ) {}

  async run({ records }: PartitionSlice): Promise<void> {
    const read = await this.refusals.readable(records, trafficObservedV1);
    // Pipelines that are not declared here belong to another installation.
    const said = read.map(({ event }) => observed(event.data)).filter(({ pipeline }) => this.declared.has(pipeline));
    if (said.length === 0) return;
    const keys = [...new Set(said.map(observationKey))];
    const known = await this.observations.known(keys);
    const newest = new Map(known.map((each) => [observationKey(each), each]));
    const changed = new Set<string>();
    for (const each of said) {
      const key = observationKey(each);
      if (each.at <= (newest.get(key)?.at ?? -Infinity)) continue;
      newest.set(key, each);
      changed.add(key);
    }
    await this.observations.save([...changed].map((key) => newest.get(key) as Observation));
  }
}

const observed = ({ since, at, ...rest }: DataOf<typeof trafficObservedV1>): Observation => ({
  ...rest,
  since: Date.parse(since),
  at: Date.parse(at),
});
