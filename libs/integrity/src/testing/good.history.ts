import {
  attemptsExhaustedV1,
  batchClosedV1,
  batchPreparedV1,
  cycleSkippedV1,
  cycleStartedV1,
  modelJudgedV1,
  modelKeptV1,
  modelPromotedV1,
  retrainingRequestedV1,
  rolloutCompletedV1,
  rolloutFailedV1,
  rolloutStartedV1,
  TRAFFIC_BUCKETS,
  trafficChangedV1,
  runCompletedV1,
  runFailedV1,
  runStartedV1,
  versionApprovedV1,
  versionRegisteredV1,
  versionRejectedV1,
  viewUpdatedV1,
  replicaReportedV1,
} from '@perennial/contracts';
import { splitBatch, splitOf } from '../history/batch.split';
import type { History, Page, ServedVersion, ServingReplica } from '../history/history';
import { explainQuarantine } from '../history/quarantine';
import { accountRows, rowKeysOf } from '../history/row.account';
import { AlertDesk } from './alert.desk';
import type { DayPlan, HistoryPlan, PipelinePlan } from './history.plan';
import { type Emission, InstallationRecorder } from './installation.recorder';
import type { ObservedEvent } from '../history/history';

const none = [] as never[];
const subscriptions = {
  ingestion: none,
  preprocessing: [batchClosedV1],
  'feature-store': [batchPreparedV1],
  evaluator: [viewUpdatedV1, runCompletedV1, runFailedV1, rolloutCompletedV1, rolloutFailedV1, versionRejectedV1],
  trainer: [retrainingRequestedV1],
  registry: [modelPromotedV1, rolloutCompletedV1, rolloutFailedV1],
  deployer: [versionApprovedV1, replicaReportedV1],
  alerting: [attemptsExhaustedV1, modelKeptV1, modelPromotedV1, cycleSkippedV1, rolloutCompletedV1, rolloutFailedV1],
} as never;

const shares = { holdoutShare: 0.3, validationShare: 0.2 };
const dayName = (index: number): string => `2026-03-${String(index + 2).padStart(2, '0')}`;
const interval = { value: 0.5, low: 0.4, high: 0.6 };
const metrics = { f1: interval };
const file = (digest: string) => ({ store: 'gridfs', bucket: 'b', fileId: digest, digest, bytes: 1, mediaType: 'm' });
const passing = (passed: boolean) => ({ metric: 'f1', averaging: 'macro', threshold: 0.75, passed });

interface Serving {
  readonly version: string;
  readonly digest: string;
}

/** One pipeline lives through its days; what it leaves behind goes to the recorder and into the parts. */
class PipelineLife {
  private serving: Serving | null = null;
  private rollouts = 0;
  private readonly alerts: AlertDesk;
  readonly parts = {
    rows: [] as NonNullable<History['rows']>[number][],
    splits: [] as NonNullable<History['splits']>[number][],
    served: [] as ServedVersion[],
    serving: [] as ServingReplica[],
  };

  constructor(
    private readonly recorder: InstallationRecorder,
    private readonly plan: PipelinePlan,
    pages: Page[],
  ) {
    this.alerts = new AlertDesk(recorder, plan.name, pages);
  }

  live(): void {
    this.plan.days.forEach((plan, index) => this.day(plan, dayName(index)));
    if (this.serving)
      this.parts.serving.push({
        ...{ pipeline: this.plan.name, replica: 'r1', version: this.serving.version },
        trafficSequence: this.rollouts,
      });
  }

  private day(plan: DayPlan, day: string): void {
    const { name } = this.plan;
    const correlationId = `correlation of ${name}/${day}`;
    const ids = Array.from({ length: plan.rows }, (_, row) => `${day}-${row}`);
    const late = Array.from({ length: plan.late }, (_, row) => `${day}-late-${row}`);
    const refused = Array.from({ length: plan.refused }, (_, row) => `${day}-bad-${row}`);
    const batchId = `${name}/${day}`;
    const batches = [{ batchId, ids, correctionOf: null as string | null }];
    if (plan.late > 0) batches.push({ batchId: `${batchId}~1`, ids: late, correctionOf: batchId });
    const views = batches.map((batch) => this.prepare(batch, day, correlationId));
    this.parts.rows.push(
      accountRows({
        ...{ dataset: name, day, submitted: rowKeysOf([...ids, ...late, ...refused]), quarantined: rowKeysOf(refused) },
        batches: batches.map((each) => ({
          batchId: each.batchId,
          rows: rowKeysOf(each.ids),
          announced: each.ids.length,
        })),
      }),
    );
    this.cycle(plan, day, views[0]!, correlationId);
  }

  private prepare(
    batch: { batchId: string; ids: string[]; correctionOf: string | null },
    day: string,
    correlationId: string,
  ) {
    const { name } = this.plan;
    const { batchId, ids, correctionOf } = batch;
    const raw = file(`sha256:raw of ${batchId}`);
    const fields = { batchId, dataset: name, day, correctionOf };
    const by = (service: string, cause: ObservedEvent | null): Emission => ({ service, cause, correlationId });
    const closed = this.recorder.emit(
      batchClosedV1,
      { ...fields, raw, rows: { accepted: ids.length } },
      by('ingestion', null),
    );
    const prepared = this.recorder.emit(batchPreparedV1, fields, by('preprocessing', closed));
    const rows = ids.map((recordId) => ({ recordId, labelled: true, split: splitOf(name, recordId) }));
    this.parts.splits.push(splitBatch({ dataset: name, batchId }, rows, [shares]));
    return this.recorder.emit(viewUpdatedV1, { ...fields, view: name, viewVersion: 1 }, by('feature-store', prepared));
  }

  private cycle(plan: DayPlan, day: string, view: ObservedEvent, correlationId: string): void {
    const { name } = this.plan;
    const cycleId = `${name}/${day}`;
    const identity = { cycleId, pipeline: name, day };
    const say = <T>(
      contract: Parameters<InstallationRecorder['emit']>[0],
      data: T,
      cause: ObservedEvent | null = view,
    ) => this.recorder.emit(contract, { ...identity, ...data }, { service: 'evaluator', cause, correlationId });
    const incumbent = this.serving;
    say(cycleStartedV1 as never, { batchId: cycleId, incumbent: incumbent?.version ?? null });
    const finish = (status: string, attempts: number) =>
      this.recorder.store('evaluation_cycles', cycleId, {
        pipeline: name,
        status,
        terms: { policy: shares },
        attempts: Array(attempts).fill({}),
      });
    if (plan.outcome === 'skipped') {
      say(cycleSkippedV1 as never, { reason: 'insufficient-data', details: [] });
      return finish('skipped', 0);
    }
    const holdoutRows = this.parts.splits.find(({ batchId }) => batchId === cycleId)!.parts[0]!.holdout;
    const judge = (role: string, attempt: number, model: object, passed: boolean, cause = view) =>
      say(modelJudgedV1 as never, { role, attempt, model, holdoutRows, metrics, verdict: passing(passed) }, cause);
    if (incumbent) {
      const model = { version: incumbent.version, runId: null, artifact: file(incumbent.digest) };
      judge('incumbent', 0, model, plan.outcome === 'kept');
    }
    if (plan.outcome === 'kept') {
      const kept = say(modelKeptV1 as never, { version: incumbent?.version });
      this.alerts.recovered(kept);
      return finish('kept', 0);
    }
    const count = plan.outcome === 'exhausted' ? 3 : Math.max(1, plan.attempts);
    for (let attempt = 1; attempt <= count; attempt += 1) {
      const last = attempt === count;
      const fails = plan.failedRun && attempt === 1 && count > 1;
      const result = this.attempt({ day, cycleId, attempt, fails }, view, correlationId);
      if (fails) continue;
      const candidate = result.data as { artifact: { digest: string }; runId: string };
      const model = { version: null, runId: candidate.runId, artifact: candidate.artifact, checkpoint: null };
      const passed = last && plan.outcome === 'promoted';
      judge('candidate', attempt, model, passed, result);
      if (passed) this.promote({ identity, attempt, model, say: say as never, result, correlationId });
    }
    if (plan.outcome === 'exhausted') this.alerts.failed(say(attemptsExhaustedV1 as never, { attempts: [] }));
    finish(plan.outcome, count);
  }

  private attempt(
    at: { day: string; cycleId: string; attempt: number; fails: boolean },
    view: ObservedEvent,
    correlationId: string,
  ) {
    const { name } = this.plan;
    const { day, cycleId, attempt, fails } = at;
    const runId = `${name}.${day}.${attempt}`;
    const identity = { cycleId, pipeline: name, attempt, runId };
    const requested = this.recorder.emit(
      retrainingRequestedV1,
      { ...identity, day, maxAttempts: 3, batches: [cycleId], ...shares },
      { service: 'evaluator', cause: view, correlationId },
    );
    const by: Emission = { service: 'trainer', cause: requested, correlationId };
    const { train, validation } = this.parts.splits.find(({ batchId }) => batchId === cycleId)!.parts[0]!;
    this.recorder.emit(runStartedV1, { ...identity, trainRows: train, validationRows: validation, claim: 1 }, by);
    this.recorder.store('training_runs', runId, { pipeline: name, state: fails ? 'failed' : 'completed' });
    if (fails) return this.recorder.emit(runFailedV1, { ...identity, code: 'c', message: 'm' }, by);
    return this.recorder.emit(runCompletedV1, { ...identity, artifact: file(`sha256:model of ${runId}`) }, by);
  }

  private promote(at: {
    identity: { cycleId: string; day: string };
    attempt: number;
    model: { runId: string; artifact: { digest: string } };
    say: (contract: unknown, data: object, cause: ObservedEvent) => ObservedEvent;
    result: ObservedEvent;
    correlationId: string;
  }): void {
    const { identity, attempt, model, say, result, correlationId } = at;
    const { name } = this.plan;
    const { cycleId, day } = identity;
    const data = { view: name, viewVersion: 1, batches: [cycleId], raw: [file(`sha256:raw of ${cycleId}`)] };
    const promoted = say(modelPromotedV1, { attempt, candidate: model, data }, result);
    const version = `${day.replaceAll('-', '')}_000000`;
    const previous = this.serving?.version ?? null;
    const of = { pipeline: name, version, cycleId };
    const by = (service: string, cause: ObservedEvent): Emission => ({ service, cause, correlationId });
    const artifact = model.artifact;
    const fields = { ...of, artifact, runId: model.runId };
    this.recorder.emit(versionRegisteredV1, { ...fields, finetunedFrom: previous }, by('registry', promoted));
    const approved = this.recorder.emit(
      versionApprovedV1,
      { ...fields, approvedBy: 'policy:automatic' },
      by('registry', promoted),
    );
    this.alerts.recovered(promoted);
    this.rollout(
      { version, digest: artifact.digest, cycleId, previous, data, runId: model.runId },
      approved,
      correlationId,
    );
  }

  private rollout(
    release: { version: string; digest: string; cycleId: string; previous: string | null; data: object; runId: string },
    approved: ObservedEvent,
    correlationId: string,
  ): void {
    const { name } = this.plan;
    const { version, cycleId, previous, digest, data, runId } = release;
    this.rollouts += 1;
    const rolloutId = `rollout-${name}-${this.rollouts}`;
    const fields = {
      rolloutId,
      sequence: this.rollouts,
      pipeline: name,
      version,
      cycleId,
      previous,
      kind: 'promotion',
    };
    const by = (cause: ObservedEvent): Emission => ({ service: 'deployer', cause, correlationId });
    const started = this.recorder.emit(rolloutStartedV1, fields, by(approved));
    this.recorder.emit(
      trafficChangedV1,
      {
        ...{ pipeline: name, sequence: this.rollouts, rolloutId, cycleId, experimentId: rolloutId, shadows: [] },
        arms: [{ name: 'stable', version, weight: 100, buckets: [{ from: 0, to: TRAFFIC_BUCKETS }] }],
      },
      by(approved),
    );
    // Caused by a replica's report, which is not kept.
    const report = { ...started, id: `report of ${rolloutId}` };
    this.recorder.emit(rolloutCompletedV1, fields, by(report));
    if (previous) this.entry(previous, { state: 'archived' });
    const approval = { state: 'approved', by: 'policy:automatic', evidence: cycleId };
    this.entries.set(version, {
      ...{ pipeline: name, version, state: 'production', cycle_id: cycleId, run_id: runId, finetuned_from: previous },
      ...{ artifact: file(digest), data, history: [approval] },
    });
    this.entry(version, {});
    this.serving = { version, digest };
    const releases = [...this.entries.keys()].map((each) => ({ version: each }));
    const rollout = { version, rolloutId };
    const deployment = {
      pipeline: name,
      phase: 'completed',
      serving: version,
      sequence: this.rollouts,
      releases,
      rollout,
    };
    this.recorder.store('deployments', name, { deployment });
    this.recorder.store('serving_models', name, { version, sequence: this.rollouts });
    this.parts.served.push({
      pipeline: name,
      replica: 'r1',
      version,
      from: started.time,
      to: started.time,
      answers: 9,
    });
  }

  private readonly entries = new Map<string, object>();

  /** The registry's document of a version. */
  private entry(version: string, change: object): void {
    const content = { ...this.entries.get(version), ...change };
    this.entries.set(version, content);
    this.recorder.store('model_metadata', `${this.plan.name}/${version}`, content);
  }
}

/** The history of an installation that worked without a fault; what was planned happened. */
export function goodHistory(plan: HistoryPlan): History {
  const recorder = new InstallationRecorder(subscriptions);
  const pages: Page[] = [];
  const lives = plan.pipelines.map((pipeline) => new PipelineLife(recorder, pipeline, pages));
  for (const life of lives) life.live();
  const { repeatEvery } = plan;
  const repeated = recorder.events.filter((_, index) => repeatEvery > 0 && index % repeatEvery === 0);
  for (const event of repeated) recorder.repeat(event);
  const quarantined = plan.pipelines.flatMap(({ name, days }) =>
    days.flatMap(({ refused }, index) =>
      Array.from({ length: refused }, (_, row) => ({
        id: `${name}/${dayName(index)}/${row}`,
        problems: '[{"column":"a","value":1,"rule":"must be text"}]',
      })),
    ),
  );
  return {
    pipelines: plan.pipelines.map(({ name }) => ({ name, dataset: name, maxAttempts: 3 })),
    atRest: true,
    ...recorder.history(),
    folded: [replicaReportedV1.topic.name],
    rows: lives.flatMap(({ parts }) => parts.rows),
    splits: lives.flatMap(({ parts }) => parts.splits),
    served: lives.flatMap(({ parts }) => parts.served),
    serving: lives.flatMap(({ parts }) => parts.serving),
    quarantine: explainQuarantine(quarantined),
    files: plan.pipelines.map(({ name: pipeline }) => ({ pipeline, read: 1, damaged: { count: 0, examples: [] } })),
    pages,
  };
}
