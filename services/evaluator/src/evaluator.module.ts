import { Module, type Provider } from '@nestjs/common';
import { FeatureReader } from '@perennial/feature-reader';
import type { Clock, IdGenerator, Transactor } from '@perennial/messaging';
import type { LeaseStore } from '@perennial/messaging-mongo';
import type { ObjectStore } from '@perennial/object-store';
import type { Pipeline } from '@perennial/pipeline';
import {
  CLOCK,
  DATABASE,
  IDS,
  LEASES,
  LOGGER,
  METRICS,
  OBJECT_STORE,
  PEER_HEADERS,
  type PeerHeaders,
  PIPELINES,
  SERVICE_CONFIG,
  TRANSACTOR,
  type Logger,
  WorkBell,
} from '@perennial/service';
import type { Connection } from 'mongoose';
import type { Registry } from 'prom-client';
import { AdvanceCycles } from './application/advance.cycles';
import { AdvanceSubmissions } from './application/advance.submissions';
import type { EvaluatorStores } from './application/cycle.stores';
import { ExpireAttempts } from './application/expire.attempts';
import { FollowEvents } from './application/follow.events';
import { JudgeModels } from './application/judge.models';
import { JudgeSubmissions } from './application/judge.submissions';
import { cyclesToJudge, submissionsToJudge } from './application/judgeable.work';
import { ScoreModels } from './application/score.models';
import { ShowCycles } from './application/show.cycles';
import { StartWaiting } from './application/start.waiting';
import type { EvaluatorConfig } from './evaluator.config';
import { CycleMetrics } from './infrastructure/cycle.metrics';
import { DeadlineWorker } from './infrastructure/deadline.worker';
import { FeatureHoldout } from './infrastructure/feature.holdout';
import { JudgementWorker } from './infrastructure/judgement.worker';
import { mongoStores } from './infrastructure/mongo.stores';
import { ThreadedMetrics } from './infrastructure/threaded.metrics';
import { CyclesController } from './interface/cycles.controller';
import { DayConsumer } from './interface/day.consumer';
import { PromotionConsumer } from './interface/promotion.consumer';
import { RunConsumer } from './interface/run.consumer';
import { SubmissionConsumer } from './interface/submission.consumer';

const STORES = Symbol('evaluator stores');
const LEASE_MS = 30_000;
/** Deadlines are minutes to hours away. */
const DEADLINE_LOOK_MS = 5_000;

type Pipelines = ReadonlyMap<string, Pipeline>;

const cycles: Provider[] = [
  // Prepared while the module is built: no event arrives before the collections exist.
  { provide: STORES, inject: [DATABASE], useFactory: (connection: Connection) => mongoStores(connection) },
  WorkBell,
  {
    provide: AdvanceCycles,
    inject: [STORES, PIPELINES, METRICS, WorkBell, SERVICE_CONFIG],
    useFactory: (
      stores: EvaluatorStores,
      pipelines: Pipelines,
      registry: Registry,
      bell: WorkBell,
      config: EvaluatorConfig,
    ) =>
      new AdvanceCycles(stores, {
        pipelines,
        promotionWaitMs: config.PROMOTION_WAIT_SECONDS * 1000,
        observer: new CycleMetrics(registry),
        onJudgeable: bell.ring,
      }),
  },
  {
    provide: FollowEvents,
    inject: [AdvanceCycles, STORES, PIPELINES],
    useFactory: (advance: AdvanceCycles, stores: EvaluatorStores, pipelines: Pipelines) =>
      new FollowEvents(advance, stores, pipelines),
  },
  {
    provide: ShowCycles,
    inject: [STORES, PIPELINES],
    useFactory: (stores: EvaluatorStores, pipelines: Pipelines) => new ShowCycles(stores, pipelines),
  },
  {
    provide: StartWaiting,
    inject: [AdvanceCycles, STORES, PIPELINES, TRANSACTOR, CLOCK, LOGGER],
    useFactory: (
      advance: AdvanceCycles,
      stores: EvaluatorStores,
      pipelines: Pipelines,
      transactor: Transactor,
      clock: Clock,
      logger: Logger,
    ) => new StartWaiting(advance, stores.lanes, pipelines, transactor, clock, logger),
  },
];

const deadlines: Provider[] = [
  {
    provide: ExpireAttempts,
    inject: [AdvanceCycles, STORES, TRANSACTOR, CLOCK, LOGGER],
    useFactory: (
      advance: AdvanceCycles,
      { cycles: stored }: EvaluatorStores,
      transactor: Transactor,
      clock: Clock,
      logger: Logger,
    ) => new ExpireAttempts(advance, stored, transactor, clock, logger),
  },
  {
    provide: DeadlineWorker,
    inject: [ExpireAttempts, LOGGER],
    useFactory: (expire: ExpireAttempts, logger: Logger) =>
      new DeadlineWorker(expire, { everyMs: DEADLINE_LOOK_MS, logger, random: Math.random }),
  },
];

const judging: Provider[] = [
  {
    provide: ScoreModels,
    inject: [OBJECT_STORE, SERVICE_CONFIG, PEER_HEADERS],
    useFactory: (artifacts: ObjectStore, config: EvaluatorConfig, headers: PeerHeaders) => {
      const scoring = new FeatureHoldout(artifacts, new FeatureReader(config.FEATURE_STORE_URL, { headers }));
      const options = { resamples: config.BOOTSTRAP_RESAMPLES, maxTries: config.JUDGEMENT_MAX_TRIES };
      return new ScoreModels(scoring, new ThreadedMetrics(), options);
    },
  },
  {
    provide: JudgeModels,
    inject: [ScoreModels, AdvanceCycles, TRANSACTOR, CLOCK, LOGGER],
    useFactory: (scores: ScoreModels, advance: AdvanceCycles, transactor: Transactor, clock: Clock, logger: Logger) =>
      new JudgeModels(scores, advance, transactor, clock, logger),
  },
  {
    provide: AdvanceSubmissions,
    inject: [AdvanceCycles, PIPELINES],
    useFactory: (advance: AdvanceCycles, pipelines: Pipelines) => new AdvanceSubmissions(advance, pipelines),
  },
  {
    provide: JudgeSubmissions,
    inject: [ScoreModels, AdvanceSubmissions, TRANSACTOR, CLOCK, LOGGER],
    useFactory: (
      scores: ScoreModels,
      submissions: AdvanceSubmissions,
      transactor: Transactor,
      clock: Clock,
      logger: Logger,
    ) => new JudgeSubmissions(scores, submissions, transactor, clock, logger),
  },
  {
    provide: JudgementWorker,
    inject: [JudgeModels, JudgeSubmissions, STORES, StartWaiting, LEASES, CLOCK, LOGGER, IDS, WorkBell, SERVICE_CONFIG],
    useFactory: (
      cycleJudge: JudgeModels,
      submissionJudge: JudgeSubmissions,
      { cycles: stored, submissions }: EvaluatorStores,
      waiting: StartWaiting,
      leases: LeaseStore,
      clock: Clock,
      logger: Logger,
      newId: IdGenerator,
      bell: WorkBell,
      config: EvaluatorConfig,
    ) =>
      new JudgementWorker(
        [cyclesToJudge(stored, cycleJudge), submissionsToJudge(submissions, submissionJudge)],
        waiting,
        {
          ...{ leases, clock, logger, newId, bell, random: Math.random },
          ...{ pollMs: config.JUDGEMENT_POLL_MS, leaseMs: LEASE_MS },
        },
      ),
  },
];

@Module({
  controllers: [DayConsumer, RunConsumer, PromotionConsumer, SubmissionConsumer, CyclesController],
  providers: [...cycles, ...deadlines, ...judging],
})
export class EvaluatorModule {}
