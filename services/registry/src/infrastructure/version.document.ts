import { Schema } from 'mongoose';
import type { StoredVersion } from '../application/ports';
import type { ModelVersion } from '../domain/model.version';

type Digests = { artifact: string; checkpoint: string | null; raw: string[] };

/** Field names as documented for model_metadata. */
export interface VersionDocument {
  /** pipeline/version. */
  _id: string;
  revision: number;
  correlation_id: string;
  pipeline: string;
  version: string;
  state: ModelVersion['state'];
  registered_at: Date;
  cycle_id: string;
  day: string;
  attempt: number;
  strategy: ModelVersion['strategy'];
  run_id: string;
  finetuned_from: string | null;
  hyperparameters: ModelVersion['hyperparameters'];
  metrics: ModelVersion['metrics'];
  incumbent_metrics: ModelVersion['incumbentMetrics'];
  verdict: ModelVersion['verdict'];
  data: ModelVersion['data'];
  artifact: ModelVersion['artifact'];
  checkpoint: ModelVersion['checkpoint'];
  decision_threshold: number;
  digests: Digests;
  files: ModelVersion['files'];
  submission: ModelVersion['submission'];
  rollout_sequence: number | null;
  history: ModelVersion['history'];
}

const text = { type: String, required: true };
const number = { type: Number, required: true };
const mixed = Schema.Types.Mixed as never;

export const versionSchema = new Schema<VersionDocument>(
  {
    _id: text,
    revision: number,
    correlation_id: text,
    pipeline: text,
    version: text,
    state: text as never,
    registered_at: { type: Date, required: true },
    cycle_id: text,
    day: text,
    attempt: number,
    strategy: text as never,
    run_id: text,
    finetuned_from: { type: String, default: null },
    hyperparameters: mixed,
    metrics: mixed,
    incumbent_metrics: mixed,
    verdict: mixed,
    data: mixed,
    artifact: mixed,
    checkpoint: mixed,
    decision_threshold: number,
    digests: mixed,
    files: mixed,
    submission: mixed,
    rollout_sequence: { type: Number, default: null },
    history: mixed,
  },
  { versionKey: false, minimize: false, autoIndex: false, autoCreate: false },
)
  .index({ pipeline: 1, version: 1 }, { unique: true })
  .index({ pipeline: 1, cycle_id: 1, attempt: 1 }, { unique: true })
  .index({ pipeline: 1, registered_at: -1 })
  .index({ run_id: 1 });

/** A version is plain JSON; an undefined field must not come back as null. */
const plain = <T>(value: T): T => JSON.parse(JSON.stringify(value)) as T;

export function toDocument({ version: model, correlationId, revision }: StoredVersion): VersionDocument {
  const { artifact, checkpoint, data } = model;
  const raw = data.raw.map(({ digest }) => digest);
  return {
    _id: `${model.pipeline}/${model.version}`,
    revision,
    correlation_id: correlationId,
    pipeline: model.pipeline,
    version: model.version,
    state: model.state,
    registered_at: new Date(model.registeredAt),
    cycle_id: model.cycleId,
    day: model.day,
    attempt: model.attempt,
    strategy: model.strategy,
    run_id: model.runId,
    finetuned_from: model.finetunedFrom,
    hyperparameters: plain(model.hyperparameters),
    metrics: plain(model.metrics),
    incumbent_metrics: plain(model.incumbentMetrics),
    verdict: plain(model.verdict),
    data: plain(data),
    artifact: plain(artifact),
    checkpoint: plain(checkpoint),
    decision_threshold: model.decisionThreshold,
    digests: { artifact: artifact.digest, checkpoint: checkpoint?.digest ?? null, raw },
    files: plain(model.files),
    submission: plain(model.submission),
    rollout_sequence: model.rolloutSequence,
    history: plain(model.history),
  };
}

export function toStored(document: VersionDocument): StoredVersion {
  const { pipeline, version, state, day, attempt, strategy, hyperparameters, metrics, verdict, data } = document;
  const { artifact, checkpoint, files, history } = document;
  return {
    revision: document.revision,
    correlationId: document.correlation_id,
    version: {
      pipeline,
      version,
      cycleId: document.cycle_id,
      day,
      attempt,
      strategy,
      runId: document.run_id,
      finetunedFrom: document.finetuned_from,
      hyperparameters,
      metrics,
      incumbentMetrics: document.incumbent_metrics,
      verdict,
      data,
      artifact,
      checkpoint,
      decisionThreshold: document.decision_threshold,
      files,
      submission: document.submission,
      state,
      registeredAt: document.registered_at.toISOString(),
      rolloutSequence: document.rollout_sequence,
      history,
    },
  };
}
