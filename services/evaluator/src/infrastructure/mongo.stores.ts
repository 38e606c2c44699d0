import type { Connection } from 'mongoose';
import type { EvaluatorStores } from '../application/cycle.stores';
import { MongoCycleStore } from './mongo.cycle.store';
import { MongoBatchStore, MongoPerformanceStore } from './mongo.evidence.stores';
import { MongoLaneStore, MongoServingModelStore } from './mongo.pipeline.stores';
import { MongoSubmissionStore } from './mongo.submission.store';

/** All stores of the evaluator, with their collections and indexes created. */
export async function mongoStores(connection: Connection): Promise<EvaluatorStores> {
  const stores = {
    cycles: new MongoCycleStore(connection),
    lanes: new MongoLaneStore(connection),
    batches: new MongoBatchStore(connection),
    serving: new MongoServingModelStore(connection),
    performance: new MongoPerformanceStore(connection),
    submissions: new MongoSubmissionStore(connection),
  };
  for (const store of Object.values(stores)) await store.prepare();
  return stores;
}
