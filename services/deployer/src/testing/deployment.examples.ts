import type { ModelReference } from '@perennial/contracts';
import { type RolloutDeclaration, parsePipeline, type Pipeline } from '@perennial/pipeline';
import { type Candidate, type Deployment, newDeployment } from '../domain/deployment';
import type { DeploymentEvent } from '../domain/deployment.events';
import { evolve } from '../domain/deployment.evolve';
import type { Replica } from '../domain/replica';
import { AT_ONCE } from '../domain/rollout.plan';
import { trafficAt } from '../domain/rollout.traffic';

/** Worked examples for the tests. */
export const START = Date.parse('2026-01-02T03:00:00.000Z');

/** A pipeline whose rollouts go as declared. */
export function pipelineWith(rollout = '{ timeoutSeconds: 60 }', name = 'credit'): Pipeline {
  const columns = ['{ name: id, type: string }', '{ name: age, type: integer }', '{ name: y, type: integer }'];
  const text = [
    ...['apiVersion: perennial/v1', 'kind: Pipeline', `name: ${name}`, 'dataset:', '  recordId: id'],
    ...['  target: { column: y, positive: 1 }', `  columns: [${columns.join(', ')}]`, `rollout: ${rollout}`],
    "reference: { day: '2026-01-01' }",
  ].join('\n');
  const parsed = parsePipeline(text, { env: {} });
  if ('problems' in parsed) throw new Error(JSON.stringify(parsed.problems));
  return parsed.ok;
}

export const declared = (rollout?: string): RolloutDeclaration => pipelineWith(rollout).rollout;

export const at = (seconds: number) => START + seconds * 1000;
export const moment = (seconds: number, rolloutId = `rollout-at-${seconds}`) => ({ now: at(seconds), rolloutId });

export const model = (version: string, digit = '0'): ModelReference => ({
  version,
  runId: `run-of-${version}`,
  artifact: {
    store: 'gridfs',
    bucket: 'artifacts',
    fileId: `file-of-${version}`,
    digest: `sha256:${digit.repeat(64)}`,
    bytes: 10,
    mediaType: 'application/octet-stream',
  },
  checkpoint: null,
  decisionThreshold: 0.4,
});

export const candidate = (version: string): Candidate => ({
  version,
  model: model(version),
  cycleId: `credit/${version}`,
  requestedBy: 'policy:automatic',
  correlationId: `correlation-of-${version}`,
});

export const replica = (changes: Partial<Replica> = {}): Replica => ({
  replicaId: 'a',
  pipeline: 'credit',
  state: 'starting',
  version: null,
  rolloutId: null,
  trafficSequence: null,
  error: null,
  heartbeatSeconds: 5,
  reportedAt: START,
  aliveSince: START,
  ...{ stream: 'replicas/0', offset: 0, saidAt: 0 },
  ...changes,
});

export const apply = (state: Deployment, events: readonly DeploymentEvent[]): Deployment =>
  events.reduce<Deployment>(evolve, state);

/** A pipeline whose replicas have served these versions one after another. */
export function released(...versions: string[]): Deployment {
  return versions.reduce<Deployment>((state, version, index) => {
    const rollout = {
      ...candidate(version),
      rolloutId: `rollout-of-${version}`,
      sequence: index + 1,
      kind: 'promotion' as const,
      previous: state.serving,
      startedAt: START - 1_000_000,
      plan: AT_ONCE,
    };
    const traffic = trafficAt(state, rollout, 0, START - 1_000_000);
    const change = { traffic, step: 0, by: 'test', reason: 'test', findings: [], correlationId: null };
    return apply(state, [
      { type: 'rollout-started', rollout },
      { type: 'traffic-changed', ...change },
      { type: 'rollout-completed', rollout, replicas: ['a'] },
    ]);
  }, newDeployment('credit'));
}
