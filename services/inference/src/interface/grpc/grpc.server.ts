import { join } from 'node:path';
import {
  type GrpcObject,
  loadPackageDefinition,
  type sendUnaryData,
  Server,
  ServerCredentials,
  type ServerUnaryCall,
  type ServiceClientConstructor,
  status,
} from '@grpc/grpc-js';
import { loadSync } from '@grpc/proto-loader';
import type { Logger } from '@perennial/service';
import { HealthImplementation } from 'grpc-health-check';
import type { ModelSlot } from '../../application/model.slot';
import type { CallOptions } from '../../application/predict.rows';
import { grpcFailure } from './grpc.status';
import type { OpenInferenceService } from './open-inference.service';

/** Beside the sources and beside dist alike. */
const PROTO = join(__dirname, '../../../proto/open_inference.proto');
const SERVICE = 'inference.GRPCInferenceService';

export interface GrpcServerOptions {
  host: string;
  /** 0 takes a free one. */
  port: number;
  maxMessageBytes: number;
  /** How long calls may take to end at shutdown. */
  graceMs: number;
}

/** Loads the service definition of the protocol, for the server and for clients. */
export function loadInferenceService(): ServiceClientConstructor {
  const definition = loadSync(PROTO, { keepCase: true, longs: Number, enums: String, defaults: true, oneofs: true });
  const { inference } = loadPackageDefinition(definition) as GrpcObject & { inference: GrpcObject };
  return inference.GRPCInferenceService as ServiceClientConstructor;
}

/** The Open Inference Protocol over gRPC, and gRPC's own health service. */
export class GrpcServer {
  private readonly server: Server;
  private readonly health = new HealthImplementation({ '': 'SERVING', [SERVICE]: 'NOT_SERVING' });
  private boundPort: number | undefined;

  constructor(
    private readonly inference: OpenInferenceService,
    private readonly logger: Logger,
    private readonly options: GrpcServerOptions,
  ) {
    const limit = options.maxMessageBytes;
    this.server = new Server({ 'grpc.max_receive_message_length': limit, 'grpc.max_send_message_length': limit });
    this.server.addService(loadInferenceService().service, {
      ServerLive: this.unary(() => inference.serverLive()),
      ServerReady: this.unary(() => inference.serverReady()),
      ServerMetadata: this.unary(() => inference.serverMetadata()),
      ModelReady: this.unary((request) => inference.modelReady(request as never)),
      ModelMetadata: this.unary((request) => inference.modelMetadata(request as never)),
      ModelInfer: this.unary((request, options) => inference.modelInfer(request as never, options)),
    });
    this.health.addToServer(this.server);
  }

  /** host:port while the server listens. */
  address(): string | null {
    return this.boundPort === undefined ? null : `${this.options.host}:${this.boundPort}`;
  }

  /** Rejects when the port is taken. */
  async start(): Promise<void> {
    const { host, port } = this.options;
    this.boundPort = await new Promise<number>((resolve, reject) =>
      this.server.bindAsync(`${host}:${port}`, ServerCredentials.createInsecure(), (error, bound) =>
        error ? reject(error) : resolve(bound),
      ),
    );
    this.logger.info({ address: this.address() }, 'gRPC is up');
  }

  /** The health service knows each model by its name, and the inference service as a whole. */
  changed(slot: ModelSlot): void {
    this.health.setStatus(slot.pipeline, slot.current() ? 'SERVING' : 'NOT_SERVING');
    if (this.inference.serverReady().ready) this.health.setStatus(SERVICE, 'SERVING');
  }

  /** Lets running calls end, within the grace period. */
  async stop(): Promise<void> {
    if (this.boundPort === undefined) return;
    this.boundPort = undefined;
    const force = setTimeout(() => this.server.forceShutdown(), this.options.graceMs);
    await new Promise<void>((resolve) => this.server.tryShutdown(() => resolve()));
    clearTimeout(force);
  }

  private unary(answer: (request: unknown, options: CallOptions) => unknown) {
    return async (call: ServerUnaryCall<unknown, unknown>, callback: sendUnaryData<unknown>): Promise<void> => {
      try {
        callback(null, await answer(call.request, { deadline: deadlineOf(call) }));
      } catch (error) {
        const failure = grpcFailure(error);
        if (failure.code === status.INTERNAL) this.logger.error({ err: error }, 'a gRPC call failed');
        callback(failure);
      }
    };
  }
}

/** The client's, on the clock of performance.now(). */
function deadlineOf(call: ServerUnaryCall<unknown, unknown>): number {
  const deadline = Number(call.getDeadline());
  return Number.isFinite(deadline) ? performance.now() + deadline - Date.now() : Infinity;
}
