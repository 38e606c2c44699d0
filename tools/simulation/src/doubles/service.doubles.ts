import { evaluate } from '@perennial/classification-metrics';
import type { ModelReference } from '@perennial/contracts';
import type { ObjectStore } from '@perennial/object-store';
import { initialiseParameters, parameterLayout, type ModelConfig } from '@perennial/tabular-models';
import { encodeCheckpoint, type TrainingConfig } from '@perennial/training';
import type { Scheduler } from '../scheduler/scheduler';
import type { AssemblyChanges } from '../world/service.assembly';
import type { ModelQuality } from './model.quality';
import type { PeerServices } from './peer.services';
import { SimulatedFolder } from './simulated.folder';
import { TableEngine, TableFiles } from './table.files';

export interface DoubleOptions {
  scheduler: Scheduler;
  /** Of training, on average. */
  epochMs: number;
  objects: ObjectStore;
  peers: PeerServices;
  quality: ModelQuality;
  /** Of the machine: it outlives the process. */
  folder: SimulatedFolder;
}

/** What leads out of the simulation, by service: threads, native libraries, sockets and the disk. All else is real. */
export const doublesOf: Record<string, (options: DoubleOptions) => AssemblyChanges> = {
  evaluator: ({ objects, peers, quality }) => ({
    adapted: {
      ScoreModels: (scores: object) =>
        override(scores, {
          scoring: {
            score: async (model: ModelReference, { batch, share }: Holdout, signal: AbortSignal) => {
              await objects.get(model.artifact);
              signal.throwIfAborted();
              const query = { view: batch.view, version: batch.viewVersion, batches: [batch.batchId] };
              const rows = { columns: ['label'], split: { from: 0, to: share }, labelledOnly: true };
              const { values: labels } = await (await peers.features({ ...query, ...rows }, signal)).column('label');
              const good = quality.isGood(model.runId, batch.view, batch.day);
              const probabilities = Float64Array.from(labels as Float64Array, (label) =>
                label === (good ? 1 : 0) ? 0.9 : 0.1,
              );
              return { labels: Float64Array.from(labels as Float64Array), probabilities };
            },
          },
          evaluation: {
            evaluate: async (scored: Scored, options: Parameters<typeof evaluate>[2]) =>
              evaluate(scored.labels, scored.probabilities, options).metrics,
          },
        }),
    },
  }),

  trainer: ({ scheduler, epochMs, peers }) => ({
    adapted: {
      'training run sources': (sources: object) =>
        override(sources, {
          features: {
            open: (query: never, { signal }: { signal: AbortSignal }) => peers.features(query, signal),
          },
          metadata: { fitted: (id: string, signal: AbortSignal) => peers.fitted(id, signal) },
        }),
      estimators: (estimators: object) =>
        override(estimators, {
          train: (request: TrialRequest, options: never) => train(scheduler, epochMs, request, options),
        }),
    },
  }),

  'feature-store': ({ objects }) => {
    const files = new TableFiles(objects);
    return { replaced: { LocalBatchFiles: () => files, DuckdbEngine: () => new TableEngine(files) } };
  },

  deployer: ({ folder }) => ({
    adapted: { WriteDeployed: (write: object) => override(write, { folder: folder.ofDeployer() }) },
  }),

  inference: ({ peers }) => ({
    replaced: {
      GrpcServer: () => ({ start: async () => {}, stop: async () => {}, changed: () => {}, leave: () => {} }),
      OpenInferenceRest: () => ({}),
      PredictRoutes: () => ({}),
    },
    adapted: {
      ModelSlots: (slots: { all(): { options: object }[] }) => {
        for (const slot of slots.all()) override(slot.options, { open: async () => servable });
      },
      FollowDesired: (follow: { desired: object }) => {
        override(follow.desired, { read: () => peers.desired() });
        override(follow, { folder: { read: async () => null } });
      },
    },
  }),
};

/** Puts doubles in the place of what is there. A name that the service does not have would change nothing, silently. */
function override(target: object, doubles: Readonly<Record<string, unknown>>): void {
  for (const name of Object.keys(doubles)) {
    if (!(name in target)) throw new Error(`${target.constructor.name} has no ${name} that a double could replace`);
  }
  Object.assign(target, doubles);
}

interface Holdout {
  batch: { view: string; viewVersion: number; batchId: string; day: string };
  share: number;
}

interface Scored {
  labels: Float64Array;
  probabilities: Float64Array;
}

interface TrialRequest {
  model: ModelConfig;
  training: TrainingConfig;
  validation: { rows: number };
  resumeFrom?: Uint8Array;
}

interface TrialOptions {
  signal: AbortSignal;
  onProgress(progress: object): void;
  onCheckpoint?(checkpoint: Uint8Array): void;
}

const servable = {
  signature: { inputs: [] },
  decisionThreshold: 0.5,
  predict: async (rows: readonly unknown[]) => new Float64Array(rows.length).fill(0.5),
  close: async () => {},
};

const FAILURES = 0.05;

/** Takes its time, tells its progress, hands out checkpoints, and now and then the training process dies. */
async function train(
  scheduler: Scheduler,
  epochMs: number,
  { model, training, validation, resumeFrom }: TrialRequest,
  { signal, onProgress, onCheckpoint }: TrialOptions,
): Promise<object> {
  const { epochs, seed } = training;
  const dies = scheduler.random() < FAILURES;
  for (let epoch = epochsDone(resumeFrom, seed) + 1; epoch <= epochs; epoch++) {
    await pause(epochMs * (0.5 + scheduler.random()), signal);
    if (dies && epoch === epochs) throw new TrainingProcessError('the simulated training process died');
    onCheckpoint?.(new TextEncoder().encode(JSON.stringify({ seed, epoch })));
    onProgress({ epoch, epochs, step: epoch, steps: epochs, loss: 0.5, rowsPerSecond: 100, secondsLeft: 1 });
  }
  const parameters = initialiseParameters(parameterLayout(model), seed);
  // Of trials of a search some are better than others.
  const f1 = 0.5 + training.learningRate;
  const score = { trainLoss: 0.5, validationLogLoss: 0.5, validationRocAuc: 0.5, validationF1: f1 };
  return {
    ...{
      model,
      checkpoint: encodeCheckpoint({ model, training, parameters, optimizer: { slots: new Map(), step: 0 } }),
    },
    ...{ history: [{ epoch: epochs, ...score }], round: epochs, validation: { logLoss: 0.5, rocAuc: 0.5, f1 } },
    validationProbabilities: Float32Array.from({ length: validation.rows }, (_, row) => (row % 2 === 0 ? 0.4 : 0.6)),
    ...{ decisionThreshold: 0.5, seconds: 1, rowsPerSecond: 100 },
  };
}

/** Of the training of that seed; a checkpoint of another would be an error of the trainer. */
function epochsDone(checkpoint: Uint8Array | undefined, seed: number): number {
  if (!checkpoint) return 0;
  const kept = JSON.parse(new TextDecoder().decode(checkpoint)) as { seed: number; epoch: number };
  if (kept.seed !== seed) throw new Error(`a training of seed ${seed} was given the checkpoint of seed ${kept.seed}`);
  return kept.epoch;
}

class TrainingProcessError extends Error {
  override readonly name = 'TrainingProcessError';
  readonly code = 'training.process-failed';
  readonly retryable = true;
}

function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    if (signal.aborted) return reject(signal.reason);
    const timer = setTimeout(() => {
      signal.removeEventListener('abort', abort);
      resolve();
    }, ms);
    const abort = () => {
      clearTimeout(timer);
      reject(signal.reason);
    };
    signal.addEventListener('abort', abort, { once: true });
  });
}
