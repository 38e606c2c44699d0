import { SnapshotTransaction } from './snapshot.transaction';
import type { VersionedCollection } from './versioned.collection';

export class ServerTransaction extends SnapshotTransaction<VersionedCollection> {}
