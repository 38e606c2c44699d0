import files from 'node:fs/promises';
import { KafkaPublisher } from '@perennial/messaging-kafka';
import { LeaseStore, MongoUnitOfWork } from '@perennial/messaging-mongo';
import { GridfsObjectStore } from '@perennial/object-store';
import { mongo } from 'mongoose';
import { wrap } from './wrap';

/** Called with a failpoint's name whenever a process comes by. */
export type Hit = (name: string) => void;

type Named = { readonly collectionName: string };

const relayLease = 'outbox-relay';

/**
 * Puts every failpoint in its place, in this process. The product holds none of them: what is between two awaits is
 * reached from outside, around the methods on both sides. @throws TypeError when a method is not there any more
 */
export function placeFailpoints(hit: Hit): void {
  const unitOfWork = MongoUnitOfWork.prototype;
  wrap(unitOfWork, 'requireUnhandled', { after: () => hit('effect.before') });
  wrap(unitOfWork, 'mark', { before: () => hit('effect.after'), after: () => hit('mark.after') });
  wrap(mongo.ClientSession.prototype, 'commitTransaction', {
    before: () => hit('commit.before'),
    after: () => hit('commit.after'),
  });
  wrap(offsetManager(), 'commitOffsets', { before: () => hit('offsets.before'), after: () => hit('offsets.after') });
  placeInRelay(hit);
  wrap(GridfsObjectStore.prototype, 'put', { after: () => hit('file.stored') });
  wrap(files, 'rename', { after: () => hit('file.renamed') });
  wrap(globalThis, 'fetch', {
    after: (_, [, request]) => {
      if ((request as RequestInit | undefined)?.method === 'POST') hit('page.sent');
    },
  });
}

function placeInRelay(hit: Hit): void {
  wrap(LeaseStore.prototype, 'acquire', {
    after: (lease, [name]) => {
      if (lease !== null) hit(name === relayLease ? 'relay.leased' : 'lease.taken');
    },
  });
  wrap(KafkaPublisher.prototype, 'publish', {
    before: () => hit('relay.publishing'),
    after: () => hit('relay.published'),
  });
  const collection = mongo.Collection.prototype;
  wrap(collection, 'bulkWrite', {
    after: (_, __, self) => {
      if ((self as Named).collectionName.endsWith('_outbox_positions')) hit('relay.positioned');
    },
  });
  wrap(collection, 'updateMany', {
    after: (_, __, self) => {
      if ((self as Named).collectionName.endsWith('_outbox')) hit('relay.marked');
    },
  });
}

/** kafkajs keeps it to itself. */
function offsetManager(): object {
  // eslint-disable-next-line @typescript-eslint/no-require-imports
  return (require('kafkajs/src/consumer/offsetManager') as { prototype: object }).prototype;
}
