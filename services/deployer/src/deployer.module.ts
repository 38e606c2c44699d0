import { Inject, Module, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common';
import type { Clock, IdGenerator, RefusalsOf, Router, Transactor } from '@perennial/messaging';
import type { ObjectStore } from '@perennial/object-store';
import type { Pipeline } from '@perennial/pipeline';
import {
  CLOCK,
  DATABASE,
  IDS,
  LOGGER,
  type Logger,
  OBJECT_STORE,
  PIPELINES,
  REFUSALS,
  ROUTER,
  SERVICE_CONFIG,
  TRANSACTOR,
} from '@perennial/service';
import type { Connection } from 'mongoose';
import { AdvanceDeployment } from './application/advance.deployment';
import { DeploymentTimer } from './application/deployment.timer';
import { HearObservations } from './application/hear.observations';
import { HearReplicas } from './application/hear.replicas';
import type { DeploymentStore, ObservationStore, ReplicaStore } from './application/ports';
import { ShowDeployments } from './application/show.deployments';
import { WriteDeployed } from './application/write.deployed';
import type { DeployerConfig } from './deployer.config';
import { DEPLOYMENT_STORE, OBSERVATION_STORE, REPLICA_STORE } from './deployer.tokens';
import { DiskDeployedFolder } from './infrastructure/deployed.folder';
import { MongoDeploymentStore } from './infrastructure/mongo.deployment.store';
import { MongoObservationStore } from './infrastructure/mongo.observation.store';
import { MongoReplicaStore } from './infrastructure/mongo.replica.store';
import { DeploymentsController } from './interface/deployments.controller';
import { DesiredController } from './interface/desired.controller';
import { ObservationsConsumer, observationsGroup } from './interface/observations.consumer';
import { ReplicasConsumer, replicasGroup } from './interface/replicas.consumer';
import { VersionApprovedConsumer } from './interface/version-approved.consumer';

type Pipelines = ReadonlyMap<string, Pipeline>;

/** A store whose collections exist before the first event is consumed. */
async function prepared<S extends { prepare(): Promise<void> }>(store: S): Promise<S> {
  await store.prepare();
  return store;
}

@Module({
  controllers: [VersionApprovedConsumer, DeploymentsController, DesiredController],
  providers: [
    {
      provide: DEPLOYMENT_STORE,
      inject: [DATABASE],
      useFactory: (connection: Connection) => prepared(new MongoDeploymentStore(connection)),
    },
    {
      provide: REPLICA_STORE,
      inject: [DATABASE],
      useFactory: (connection: Connection) => prepared(new MongoReplicaStore(connection)),
    },
    {
      provide: OBSERVATION_STORE,
      inject: [DATABASE],
      useFactory: (connection: Connection) => prepared(new MongoObservationStore(connection)),
    },
    {
      provide: AdvanceDeployment,
      inject: [PIPELINES, DEPLOYMENT_STORE, REPLICA_STORE, OBSERVATION_STORE, TRANSACTOR, CLOCK, IDS, LOGGER],
      useFactory: (
        pipelines: Pipelines,
        deployments: DeploymentStore,
        replicas: ReplicaStore,
        observations: ObservationStore,
        transactor: Transactor,
        clock: Clock,
        newId: IdGenerator,
        logger: Logger,
      ) => new AdvanceDeployment({ pipelines, deployments, replicas, observations, transactor, clock, newId, logger }),
    },
    {
      provide: ReplicasConsumer,
      inject: [ROUTER, PIPELINES, REPLICA_STORE, AdvanceDeployment, REFUSALS, CLOCK, LOGGER, SERVICE_CONFIG],
      useFactory: (
        router: Router,
        declared: Pipelines,
        replicas: ReplicaStore,
        advance: AdvanceDeployment,
        refusalsOf: RefusalsOf,
        clock: Clock,
        logger: Logger,
        { GROUP_SUFFIX }: DeployerConfig,
      ) => {
        const group = replicasGroup(GROUP_SUFFIX);
        const elapsed = () => performance.now();
        const parts = { declared, replicas, advance, refusals: refusalsOf(group), clock, elapsed, logger };
        return new ReplicasConsumer(router, new HearReplicas(parts), group);
      },
    },
    {
      provide: ObservationsConsumer,
      inject: [ROUTER, PIPELINES, OBSERVATION_STORE, REFUSALS, SERVICE_CONFIG],
      useFactory: (
        router: Router,
        declared: Pipelines,
        observations: ObservationStore,
        refusalsOf: RefusalsOf,
        { GROUP_SUFFIX }: DeployerConfig,
      ) => {
        const group = observationsGroup(GROUP_SUFFIX);
        return new ObservationsConsumer(router, new HearObservations(declared, observations, refusalsOf(group)), group);
      },
    },
    {
      provide: ShowDeployments,
      inject: [PIPELINES, DEPLOYMENT_STORE, REPLICA_STORE, OBSERVATION_STORE, CLOCK],
      useFactory: (
        pipelines: Pipelines,
        deployments: DeploymentStore,
        replicas: ReplicaStore,
        observations: ObservationStore,
        clock: Clock,
      ) => new ShowDeployments(pipelines, deployments, replicas, observations, clock),
    },
    {
      provide: WriteDeployed,
      inject: [OBJECT_STORE, SERVICE_CONFIG, PIPELINES],
      useFactory: (files: ObjectStore, config: DeployerConfig, pipelines: Pipelines) =>
        new WriteDeployed(files, new DiskDeployedFolder(config.DEPLOYED_DIR), pipelines.size === 1),
    },
    {
      provide: DeploymentTimer,
      inject: [
        PIPELINES,
        DEPLOYMENT_STORE,
        AdvanceDeployment,
        WriteDeployed,
        REPLICA_STORE,
        OBSERVATION_STORE,
        CLOCK,
        LOGGER,
        SERVICE_CONFIG,
      ],
      useFactory: (
        pipelines: Pipelines,
        deployments: DeploymentStore,
        advance: AdvanceDeployment,
        write: WriteDeployed,
        replicas: ReplicaStore,
        observations: ObservationStore,
        clock: Clock,
        logger: Logger,
        config: DeployerConfig,
      ) =>
        new DeploymentTimer(pipelines, deployments, advance, write, replicas, observations, clock, logger, {
          intervalMs: config.DEPLOYER_INTERVAL_MS,
          pauseMs: config.DEPLOYER_PAUSE_MS,
        }),
    },
  ],
})
export class DeployerModule implements OnApplicationBootstrap, OnModuleDestroy {
  constructor(@Inject(DeploymentTimer) private readonly timer: DeploymentTimer) {}

  onApplicationBootstrap(): void {
    this.timer.start();
  }

  async onModuleDestroy(): Promise<void> {
    await this.timer.stop();
  }
}
