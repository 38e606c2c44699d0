import type { batchClosedV1, batchPreparedV1, DataOf } from '@perennial/contracts';

export type ClosedBatch = DataOf<typeof batchClosedV1>;
export type BatchPrepared = DataOf<typeof batchPreparedV1>;
