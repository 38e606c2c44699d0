import type { Provider } from '@nestjs/common';
import { LOGGER, type Logger, Readiness, SERVICE_ACCESS, SERVICE_CONFIG, type ServiceAccess } from '@perennial/service';
import { EnrichRows } from './application/enrich.rows';
import { ModelSlots } from './application/model.slots';
import type { ServedCounts } from './application/ports';
import { PredictRows } from './application/predict.rows';
import { ShowModels } from './application/show.models';
import type { InferenceConfig } from './inference.config';
import { SERVING_METRICS } from './inference.tokens';
import { inferenceMethods } from './interface/access.table';
import { accessInterceptor } from './interface/grpc/access.interceptor';
import { GrpcServer } from './interface/grpc/grpc.server';
import { OpenInferenceService } from './interface/open-inference/open-inference.service';
import { RepositoryService } from './interface/open-inference/repository.service';
import { OpenInferenceRest } from './interface/open-inference/rest.server';
import { PredictRoutes } from './interface/predict.routes';

const MAX_GRPC_MESSAGE_BYTES = 32 * 1024 * 1024;
const GRPC_GRACE_MS = 5_000;

const isReady = async (readiness: Readiness): Promise<boolean> => (await readiness.report()).ready;

/** The ways to ask. */
export const protocolProviders: Provider[] = [
  {
    provide: OpenInferenceService,
    inject: [ModelSlots, PredictRows, EnrichRows, SERVING_METRICS, Readiness, SERVICE_CONFIG],
    useFactory: (
      slots: ModelSlots,
      predict: PredictRows,
      enrich: EnrichRows,
      counts: ServedCounts,
      readiness: Readiness,
      { INFERENCE_MAX_ROWS: maxRows }: InferenceConfig,
    ) => new OpenInferenceService({ slots, predict, enrich, counts, maxRows, isReady: () => isReady(readiness) }),
  },
  {
    provide: RepositoryService,
    inject: [ModelSlots, ShowModels],
    useFactory: (slots: ModelSlots, models: ShowModels) => new RepositoryService(slots, models),
  },
  PredictRoutes,
  OpenInferenceRest,
  {
    provide: GrpcServer,
    inject: [OpenInferenceService, RepositoryService, LOGGER, SERVICE_CONFIG, SERVICE_ACCESS],
    useFactory: (
      inference: OpenInferenceService,
      repository: RepositoryService,
      logger: Logger,
      config: InferenceConfig,
      { guard, tls }: ServiceAccess,
    ) =>
      new GrpcServer(inference, repository, logger, {
        host: config.HOST,
        port: config.GRPC_PORT,
        maxMessageBytes: MAX_GRPC_MESSAGE_BYTES,
        graceMs: GRPC_GRACE_MS,
        tls,
        interceptors: guard && [accessInterceptor(guard, inferenceMethods)],
      }),
  },
];
