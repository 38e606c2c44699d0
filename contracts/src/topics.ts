import type { TopicContract } from './define';

const DAY = 24 * 60 * 60 * 1000;

function topic(
  name: string,
  producers: string[],
  key: string,
  description: string,
  overrides: Partial<TopicContract> = {},
): TopicContract {
  return {
    name,
    partitions: 4,
    retentionMs: 30 * DAY,
    cleanupPolicy: 'delete',
    key,
    description,
    producers,
    ...overrides,
  };
}

/** Every topic of the platform, in the order in which a day's data passes them. */
export const topics = {
  records: topic(
    'perennial.ingestion.records.v1',
    ['outside producers', 'ingestion'],
    'any; the record id spreads load, the dataset keeps producer order',
    'Records of a day, one by one or in arrays, and the manifest that closes the day with its row count.',
    { partitions: 8, retentionMs: 7 * DAY },
  ),
  batches: topic(
    'perennial.ingestion.batches.v1',
    ['ingestion'],
    'dataset',
    'A day of records was closed and stored, or late records of a closed day were stored as a correction.',
  ),
  preparedBatches: topic(
    'perennial.preprocessing.batches.v1',
    ['preprocessing'],
    'dataset',
    'A batch was cleaned, checked and encoded.',
  ),
  views: topic(
    'perennial.features.views.v1',
    ['feature-store'],
    'view',
    'A feature view holds a new batch and can be read.',
  ),
  cycles: topic(
    'perennial.evaluation.cycles.v1',
    ['evaluator'],
    'cycle id or submission id',
    'The improvement cycle of one pipeline and day: started, model judged, retraining requested, and how it ended. Verdicts on submitted models.',
    { retentionMs: 365 * DAY },
  ),
  runs: topic(
    'perennial.training.runs.v1',
    ['trainer'],
    'run id',
    'Training runs: started, progressed, completed, failed.',
  ),
  trials: topic(
    'perennial.training.trials.v1',
    ['trainer'],
    'trial id when requested, run id when over',
    'Trials of hyperparameter searches: requested, completed, failed.',
    { partitions: 8 },
  ),
  versions: topic(
    'perennial.registry.versions.v1',
    ['registry'],
    'pipeline',
    'Models that were submitted. Model versions: registered, approval requested, approved, rejected.',
    { retentionMs: -1 },
  ),
  rollouts: topic(
    'perennial.deployment.rollouts.v1',
    ['deployer'],
    'pipeline',
    'Rollouts of approved versions: started, completed, failed and rolled back; versions that never had one. What replicas route.',
    { retentionMs: 365 * DAY },
  ),
  replicas: topic(
    'perennial.inference.replicas.v1',
    ['inference'],
    'replica id',
    'Which version each inference replica serves. The newest record of a key is the truth.',
    { cleanupPolicy: 'compact', retentionMs: -1 },
  ),
  predictions: topic(
    'perennial.inference.predictions.v1',
    ['inference'],
    'batch id',
    'Every answered prediction, in batches.',
    { partitions: 8, retentionMs: 7 * DAY },
  ),
  labels: topic(
    'perennial.inference.labels.v1',
    ['outside producers'],
    'prediction id',
    'What predicted rows turned out to be.',
    { retentionMs: 7 * DAY },
  ),
  observations: topic(
    'perennial.inference.observations.v1',
    ['inference'],
    'pipeline',
    'What replicas counted of each arm while traffic is split or mirrored. The newest of a replica stands for all before.',
    { retentionMs: 7 * DAY },
  ),
  alerts: topic(
    'perennial.alerting.alerts.v1',
    ['alerting'],
    'pipeline',
    'Alerts: raised, resolved, and what became of each notification.',
    { retentionMs: 365 * DAY },
  ),
} as const satisfies Record<string, TopicContract>;
