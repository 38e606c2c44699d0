import type { Connection } from 'mongoose';
import { GridfsObjectStore } from './gridfs.object-store';
import type { ObjectStore } from './object-store';
import type { ObjectStoreConfig } from './object-store.config';

export function objectStoreFromConfig(config: ObjectStoreConfig, connection: Pick<Connection, 'db'>): ObjectStore {
  if (config.OBJECT_STORE === 'gridfs') {
    return new GridfsObjectStore(connection, { spoolDirectory: config.OBJECT_SPOOL_DIRECTORY });
  }
  // Amazon's client takes megabytes and a tenth of a second: only who needs it loads it.
  // eslint-disable-next-line @typescript-eslint/no-require-imports
  const { openS3 } = require('./s3.open') as typeof import('./s3.open');
  return openS3(config);
}
