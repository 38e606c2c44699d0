import type { DataOf, ModelReference, rolloutCompletedV1, viewUpdatedV1 } from '@perennial/contracts';
import {
  silentLogger,
  Transactor,
  type EventEnvelope,
  type HandlerContext,
  type OutgoingEvent,
} from '@perennial/messaging';
import { InMemoryUnitOfWork } from '@perennial/messaging/testing';
import type { Pipeline } from '@perennial/pipeline';
import { AdvanceCycles } from '../application/advance.cycles';
import { AdvanceSubmissions } from '../application/advance.submissions';
import { ExpireAttempts } from '../application/expire.attempts';
import { FollowEvents } from '../application/follow.events';
import { JudgeModels } from '../application/judge.models';
import { JudgeSubmissions } from '../application/judge.submissions';
import { cyclesToJudge, type JudgeableWork, submissionsToJudge } from '../application/judgeable.work';
import { ScoreModels } from '../application/score.models';
import { StartWaiting } from '../application/start.waiting';
import { undefinedMetrics } from '../domain/gate.verdict';
import { file, metrics, model, pipeline } from './cycle.examples';
import { inMemoryStores, type InMemoryStores } from './in-memory.stores';

export const declare = (name: string, changes: Partial<Pipeline> = {}): Pipeline =>
  ({
    name,
    dataset: { name: pipeline },
    gate: { metric: 'f1', averaging: 'binary', threshold: 0.45, decisionThreshold: 'tuned', minimumRows: 1000 },
    split: { holdout: 0.3, validation: 0.15 },
    improvement: {
      maxAttempts: 2,
      attemptTimeoutMinutes: 60,
      attempts: [{ strategy: 'fine-tune', window: { days: 1 } }],
    },
    approval: { mode: 'automatic', approvers: [] },
    rollout: { timeoutSeconds: 60 },
    ...changes,
  }) as unknown as Pipeline;

type Handler<T> = (event: EventEnvelope<T>, context: HandlerContext) => Promise<OutgoingEvent[]>;

/** The application on in-memory stores, a clock that the test moves, and models whose scores the test declares. */
export class EvaluatorFlow {
  now = Date.parse('2026-01-10T00:00:00.000Z');
  readonly stores: InMemoryStores = inMemoryStores();
  readonly unitOfWork = new InMemoryUnitOfWork();
  readonly follow: FollowEvents;
  readonly waiting: StartWaiting;
  readonly expire: ExpireAttempts;
  readonly submissions: AdvanceSubmissions;
  readonly judge: JudgeModels;
  readonly work: readonly JudgeableWork[];
  /** By the file id of the artifact: an F1, or an error that scoring throws. */
  readonly scores = new Map<string, number | Error>();
  readonly scored: { artifact: string; batchId: string; share: number }[] = [];
  readonly evaluated: { threshold: number; seed: number }[] = [];
  private count = 0;

  constructor(declared: Pipeline[] = [declare(pipeline)]) {
    const pipelines = new Map(declared.map((each) => [each.name, each]));
    const clock = { now: () => new Date(this.now) };
    const transactor = new Transactor(this.unitOfWork, {
      source: '/perennial/evaluator',
      clock,
      newId: () => `id-${++this.count}`,
    });
    const observer = { observe: () => undefined };
    const cycles = new AdvanceCycles(this.stores, { pipelines, promotionWaitMs: 300_000, observer });
    this.follow = new FollowEvents(cycles, this.stores, pipelines);
    this.waiting = new StartWaiting(cycles, this.stores.lanes, pipelines, transactor, clock, silentLogger);
    this.expire = new ExpireAttempts(cycles, this.stores.cycles, transactor, clock, silentLogger);
    const scoring = {
      score: async (reference: ModelReference, { batch, share }: { batch: { batchId: string }; share: number }) => {
        const artifact = reference.artifact.fileId;
        this.scored.push({ artifact, batchId: batch.batchId, share });
        const score = this.scores.get(artifact);
        if (score instanceof Error) throw score;
        return { labels: new Float64Array(900), probabilities: new Float64Array(900).fill(score ?? 0) };
      },
    };
    const evaluation = {
      evaluate: async (
        { probabilities }: { probabilities: Float64Array },
        options: { threshold: number; seed: number },
      ) => {
        this.evaluated.push({ threshold: options.threshold, seed: options.seed });
        return probabilities[0] === undefined ? undefinedMetrics : metrics(probabilities[0]);
      },
    };
    const scores = new ScoreModels(scoring, evaluation, { resamples: 10, maxTries: 3 });
    this.submissions = new AdvanceSubmissions(cycles, pipelines);
    this.judge = new JudgeModels(scores, cycles, transactor, clock, silentLogger);
    const judgeSubmissions = new JudgeSubmissions(scores, this.submissions, transactor, clock, silentLogger);
    const { cycles: stored, submissions } = this.stores;
    this.work = [cyclesToJudge(stored, this.judge), submissionsToJudge(submissions, judgeSubmissions)];
  }

  /** As the messaging pipeline does: an event that was taken before changes nothing. */
  async handle<T>(handler: Handler<T>, data: T, id: string): Promise<void> {
    const event = { id, correlationid: `c-${id}`, data } as EventEnvelope<T>;
    const context = {
      signal: new AbortController().signal,
      logger: silentLogger,
      attempt: 1,
      now: () => new Date(this.now),
    };
    await this.unitOfWork.execute({ group: 'evaluator', source: 'test', id }, async (transaction) => {
      const emitted = await handler.call(this.follow, event, { ...context, transaction });
      return emitted.map(({ contract, data: value, correlationId }) => ({
        ...{ id: '', topic: contract.topic.name, key: contract.key(value), value: JSON.stringify(value) },
        headers: { ce_type: contract.type, ce_correlationid: correlationId ?? '' },
      }));
    });
  }

  day(day: string, changes: Partial<DataOf<typeof viewUpdatedV1>> = {}, id = `day-${day}`): Promise<void> {
    return this.handle(this.follow.viewUpdated, viewUpdated(day, changes), id);
  }

  rolledOut(sequence: number, cycleDay: string | null, artifact = 'artifact'): Promise<void> {
    const data: DataOf<typeof rolloutCompletedV1> = {
      ...{ rolloutId: `r-${sequence}`, sequence, pipeline, version: `20260101_00000${sequence}` },
      cycleId: cycleDay && `${pipeline}/${cycleDay}`,
      model: model({ version: `20260101_00000${sequence}`, artifact: file(artifact) }),
      ...{ previous: null, kind: 'promotion', replicas: ['a'] },
    };
    return this.handle(this.follow.rolloutCompleted, data, `rollout-${sequence}`);
  }

  /** One round of the worker. */
  async judgeAll(tries = 1): Promise<void> {
    for (const work of this.work) {
      for (const id of await work.waiting(10, [])) await work.judge(id, tries, new AbortController().signal);
    }
  }

  async status(day: string, name = pipeline): Promise<string | undefined> {
    return (await this.stores.cycles.find(`${name}/${day}`))?.cycle.status;
  }

  published(): string[] {
    return this.unitOfWork.outbox.map(({ headers, value }) => {
      const { day } = JSON.parse(value) as { day: string };
      return `${day} ${String(headers['ce_type']).split('.').at(-1)}`;
    });
  }
}

export const viewUpdated = (
  day: string,
  changes: Partial<DataOf<typeof viewUpdatedV1>> = {},
): DataOf<typeof viewUpdatedV1> => ({
  ...{ view: pipeline, viewVersion: 1, dataset: pipeline, day, batchId: `batch-${day}` },
  ...{ correctionOf: null, schemaDigest: `sha256:${'0'.repeat(64)}`, rows: 3000, labelledRows: 3000 },
  quality: { verdict: 'passed', findings: [] },
  lineage: { raw: file('raw', 'raw_data'), processed: file('processed', 'processed_data'), metadataId: 'metadata-1' },
  ...changes,
});
