import type { DataOf, FileReference, Metrics, modelPromotedV1, rolloutCompletedV1 } from '@perennial/contracts';
import type { ModelVersion, Registration } from '../domain/model.version';
import { register, type ApprovalPolicy } from '../domain/version.decider';
import { evolveAll } from '../domain/version.evolve';

export const automatic: ApprovalPolicy = { mode: 'automatic', approvers: [] };
export const manual: ApprovalPolicy = { mode: 'manual', approvers: ['ada@bank.example', 'grace@bank.example'] };

export const exampleFile = (fileId: string): FileReference => ({
  store: 'gridfs',
  bucket: 'artifacts',
  fileId,
  digest: `sha256:${'0'.repeat(64)}`,
  bytes: 1,
  mediaType: 'application/onnx',
});

const interval = { value: 0.5, low: 0.4, high: 0.6 };
export const exampleMetrics = Object.fromEntries(
  ['f1', 'accuracy', 'precision', 'recall', 'rocAuc', 'prAuc', 'logLoss', 'brier'].map((name) => [name, interval]),
) as unknown as Metrics;

type Promoted = DataOf<typeof modelPromotedV1>;

export function examplePromotion(change: Partial<Promoted> = {}): Promoted {
  return {
    cycleId: 'credit/2026-01-04',
    pipeline: 'credit',
    day: '2026-01-04',
    attempt: 1,
    strategy: 'fine-tune',
    candidate: {
      version: null,
      runId: 'credit.2026-01-04.1',
      artifact: exampleFile('artifact'),
      checkpoint: exampleFile('checkpoint'),
      decisionThreshold: 0.42,
    },
    finetunedFrom: null,
    hyperparameters: { epochs: 3, learningRate: 0.0001 },
    metrics: exampleMetrics,
    incumbentMetrics: null,
    verdict: { metric: 'f1', averaging: 'binary', threshold: 0.45, passed: true },
    data: { view: 'credit', viewVersion: 4, batches: ['credit/2026-01-04'], raw: [exampleFile('raw')] },
    ...change,
  };
}

export function exampleRegistration(version = '20260104_000000'): Registration {
  const { candidate, ...promoted } = examplePromotion();
  const { artifact, checkpoint, decisionThreshold } = candidate;
  const runId = candidate.runId ?? '';
  return { ...promoted, version, runId, artifact, checkpoint, decisionThreshold, files: [], submission: null };
}

/** A version as it is registered under a policy. */
export function registered(policy: ApprovalPolicy, version?: string): ModelVersion {
  const at = new Date('2026-01-04T00:00:00.000Z');
  return evolveAll(null, register(exampleRegistration(version), policy, at)) as ModelVersion;
}

export function exampleRollout(
  change: Partial<DataOf<typeof rolloutCompletedV1>> = {},
): DataOf<typeof rolloutCompletedV1> {
  const { candidate } = examplePromotion();
  return {
    rolloutId: `rollout-${change.sequence ?? 1}`,
    sequence: 1,
    pipeline: 'credit',
    version: '20260104_000000',
    cycleId: 'credit/2026-01-04',
    model: candidate,
    previous: null,
    kind: 'promotion',
    replicas: ['a'],
    ...change,
  };
}
