import type { IdGenerator } from '@perennial/messaging';
import type { Connection } from 'mongoose';
import { collectionNames } from './collection.names';
import { isDuplicateKey, toDatabaseError } from './database.errors';

interface InstallationDocument {
  _id: 'installation';
  installation: string;
}

/** With their pauses, ten seconds. */
const TRIES = 1_000;

/**
 * What tells this database from all others for as long as it lives: its name and an id that the first to ask writes
 * down, beside the service's leases. It has no touchedAt, so it never expires. A copy of a database under the same name
 * is the same installation.
 */
export async function installationOf(connection: Connection, service: string, newId: IdGenerator): Promise<string> {
  const documents = connection.collection<InstallationDocument>(collectionNames(service).leases);
  const id = { _id: 'installation' } as const;
  const options = { upsert: true, returnDocument: 'after', writeConcern: { w: 'majority', j: true } } as const;
  try {
    const change = { $setOnInsert: { installation: newId() } };
    for (let tries = 1; ; tries++) {
      const document = await documents.findOneAndUpdate(id, change, options).catch((error: unknown) => {
        if (isDuplicateKey(error) && tries < TRIES) return null;
        throw error;
      });
      if (document) return `${connection.name}/${document.installation}`;
      // Another has just written it, and it is not to be read yet.
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
  } catch (error) {
    throw toDatabaseError(error);
  }
}
