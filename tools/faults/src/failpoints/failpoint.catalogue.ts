import { type ServiceName, serviceNames } from '@perennial/contracts';

/** A place between two awaits at which a process can be made to die. */
export interface Failpoint {
  readonly name: string;
  /** What is done already and what is not. */
  readonly at: string;
  /** Who surely comes by on a day on which it has work. */
  readonly services: readonly ServiceName[];
}

const handlers = serviceNames.filter((service) => service !== 'ingestion' && service !== 'inference');
const writers = serviceNames.filter((service) => service !== 'inference');

/** The marked awaits of a message's way through a service, in that order, then those of its files and channels. */
export const failpoints: readonly Failpoint[] = [
  { name: 'effect.before', at: 'the event is not handled yet, nothing is written', services: handlers },
  { name: 'effect.after', at: 'the effect is written, its mark is not', services: handlers },
  { name: 'mark.after', at: 'the effect and its mark are written, its events are not', services: handlers },
  { name: 'commit.before', at: 'all is written, nothing is committed', services: writers },
  { name: 'commit.after', at: 'all is committed, the offset is not', services: writers },
  { name: 'offsets.before', at: 'the offset is about to be committed', services: writers },
  { name: 'offsets.after', at: 'the offset is committed', services: writers },
  { name: 'relay.leased', at: 'the relay holds its lease, nothing is published', services: writers },
  { name: 'relay.publishing', at: 'the relay is about to publish', services: writers },
  { name: 'relay.published', at: 'events are published, no position is noted', services: writers },
  { name: 'relay.positioned', at: 'positions are noted, entries are not marked', services: writers },
  { name: 'relay.marked', at: 'entries are marked as published', services: writers },
  { name: 'lease.taken', at: 'a worker holds a lease and has not begun', services: ['evaluator', 'trainer'] },
  {
    name: 'file.stored',
    at: 'a file is stored, nothing refers to it',
    services: ['ingestion', 'preprocessing', 'trainer', 'registry'],
  },
  {
    name: 'file.renamed',
    at: 'a file lies in its place on disk, nothing refers to it',
    services: ['feature-store', 'deployer'],
  },
  { name: 'page.sent', at: 'a message is with its channel, nothing is noted', services: ['alerting'] },
];
