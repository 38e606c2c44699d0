import type { Consumer, InboxMark, UnitOfWork } from '@perennial/messaging';
import type { OutboxRelay, OutboxRelayOptions } from '@perennial/messaging-mongo';
import type { Connection } from 'mongoose';
import type { Defects } from '../world/service.life';

/** Builds of the platform with a known mistake each: what the simulation must find. */
export const plantedDefects = {
  /** The mark that an event was handled is written before the work, and not with it. */
  'marks before the work': {
    unitOfWork: (real: UnitOfWork, database: Connection, service: string): UnitOfWork => ({
      execute: async (mark, work) => {
        if (mark && !(await takes(database, service, mark))) return 'duplicate';
        return real.execute(null, work);
      },
    }),
  },
  /** An outgoing event counts as published before the broker has it. */
  'relay marks before it publishes': {
    relay: (real: OutboxRelay, options: OutboxRelayOptions) => {
      const { publisher } = options;
      const { connection, service, clock } = options;
      // The real relay, told that all is published the moment it asks, with the records on their way.
      Object.assign(real, {
        options: {
          ...options,
          publisher: {
            publish: async (records: Parameters<typeof publisher.publish>[0]) => {
              const outbox = connection.collection(`${service}_outbox`);
              await outbox.updateMany({ publishedAt: null } as object, { $set: { publishedAt: clock.now() } });
              await publisher.publish(records);
            },
          },
        },
      });
      return real;
    },
  },
  /** Offsets are committed while the handlers still work. */
  'consumer commits before the effect': {
    consumer: (real: Consumer): Consumer => ({
      run: ({ onRecord, ...subscription }) =>
        real.run({
          ...subscription,
          onRecord:
            onRecord &&
            (async (record, control) => {
              onRecord(record, control).catch(() => {});
            }),
        }),
    }),
  },
  /** The evaluator believes that a fourth attempt is allowed. */
  'a fourth attempt': {
    pipelines: (declared, service) =>
      service !== 'evaluator'
        ? declared
        : new Map(
            [...declared].map(([name, pipeline]) => [
              name,
              { ...pipeline, improvement: { ...pipeline.improvement, maxAttempts: 4 } },
            ]),
          ),
  },
  /** Whoever saved last wins: an event is handled twice where two deliveries of it meet. */
  'no mark at all': {
    unitOfWork: (real: UnitOfWork): UnitOfWork => ({ execute: (_mark, work) => real.execute(null, work) }),
  },
} satisfies Record<string, Defects>;

async function takes(database: Connection, service: string, { group, source, id }: InboxMark): Promise<boolean> {
  const inbox = database.collection<{ _id: string }>(`${service}_inbox`);
  const { upsertedCount } = await inbox.updateOne(
    { _id: JSON.stringify([group, source, id]) },
    { $set: { handledAt: new Date() } },
    { upsert: true },
  );
  return upsertedCount === 1;
}
