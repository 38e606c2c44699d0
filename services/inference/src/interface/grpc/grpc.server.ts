import {
  type sendUnaryData,
  Server,
  type ServerDuplexStream,
  type ServerInterceptor,
  type ServerUnaryCall,
  type ServiceDefinition,
  status,
} from '@grpc/grpc-js';
import type { PackageDefinition } from '@grpc/proto-loader';
import { ReflectionService } from '@grpc/reflection';
import type { Logger, ServerTls } from '@perennial/service';
import { HealthImplementation } from 'grpc-health-check';
import type { ModelSlot } from '../../application/model.slot';
import type { CallOptions } from '../../application/model.slot';
import { callOptions } from '../call.options';
import type { OpenInferenceService } from '../open-inference/open-inference.service';
import type { RepositoryService } from '../open-inference/repository.service';
import { grpcCredentials } from './grpc.credentials';
import { type GrpcFailure, grpcFailure } from './grpc.status';
import { inferCodec } from './infer.codec';
import { answerStream } from './infer.stream';
import { type InferenceCalls, inferenceCalls } from './inference.calls';
import { inferenceService, loadDefinition } from './inference.definition';

const SERVICE = 'inference.GRPCInferenceService';
/** Calls at once on one connection. */
const MAX_STREAMS = 1_000;
/** A connection that is silent for so long is asked for a sign of life, and closed where none comes. */
const KEEPALIVE_MS = 60_000;
const KEEPALIVE_ANSWER_MS = 20_000;

export interface GrpcServerOptions {
  host: string;
  /** 0 takes a free one. */
  port: number;
  maxMessageBytes: number;
  /** How long calls may take to end at shutdown. */
  graceMs: number;
  tls?: ServerTls;
  /** Before every call, the first one outermost. */
  interceptors?: ServerInterceptor[];
}

type Answer = (message: never, options: CallOptions) => unknown;

/** The Open Inference Protocol over gRPC, with gRPC's own health and reflection services. */
export class GrpcServer {
  private readonly server: Server;
  private readonly health = new HealthImplementation({ '': 'SERVING', [SERVICE]: 'NOT_SERVING' });
  private readonly served = new Set(['', SERVICE]);
  private boundPort: number | undefined;

  constructor(
    inference: OpenInferenceService,
    repository: RepositoryService,
    private readonly logger: Logger,
    private readonly options: GrpcServerOptions,
  ) {
    const limit = options.maxMessageBytes;
    this.server = new Server({
      'grpc.max_receive_message_length': limit,
      'grpc.max_send_message_length': limit,
      'grpc.max_concurrent_streams': MAX_STREAMS,
      'grpc.keepalive_time_ms': KEEPALIVE_MS,
      'grpc.keepalive_timeout_ms': KEEPALIVE_ANSWER_MS,
      // Counted for its debugging service alone, which is not served.
      'grpc.enable_channelz': 0,
      interceptors: options.interceptors,
    });
    const definition = loadDefinition();
    const { infer, ...calls } = inferenceCalls(inference, repository);
    const answer = ([name, call]: [string, Answer]) => [name, this.unary(call)];
    this.server.addService(servedMethods(definition), {
      ...Object.fromEntries(Object.entries(calls).map((entry) => answer(entry as never))),
      ModelStreamInfer: (stream: ServerDuplexStream<never, never>) => this.stream(stream, infer),
    });
    this.health.addToServer(this.server);
    new ReflectionService(definition).addToServer(this.server);
  }

  /** host:port while the server listens. */
  address(): string | null {
    return this.boundPort === undefined ? null : `${this.options.host}:${this.boundPort}`;
  }

  /** Rejects when the port is taken. */
  async start(): Promise<void> {
    const { host, port } = this.options;
    this.boundPort = await new Promise<number>((resolve, reject) =>
      this.server.bindAsync(`${host}:${port}`, grpcCredentials(this.options.tls), (error, bound) =>
        error ? reject(error) : resolve(bound),
      ),
    );
    this.logger.info({ address: this.address() }, 'gRPC is up');
  }

  /** The health service knows each model by its name, and the inference service as a whole. */
  changed(slot: ModelSlot, anyServes: boolean): void {
    this.served.add(slot.pipeline);
    this.health.setStatus(slot.pipeline, slot.current() ? 'SERVING' : 'NOT_SERVING');
    this.health.setStatus(SERVICE, anyServes ? 'SERVING' : 'NOT_SERVING');
  }

  /** Before it stops: those who watch its health send new calls elsewhere. */
  leave(): void {
    for (const service of this.served) this.health.setStatus(service, 'NOT_SERVING');
  }

  /** Lets running calls end, within the grace period. */
  async stop(): Promise<void> {
    if (this.boundPort === undefined) return;
    this.boundPort = undefined;
    const force = setTimeout(() => this.server.forceShutdown(), this.options.graceMs);
    await new Promise<void>((resolve) => this.server.tryShutdown(() => resolve()));
    clearTimeout(force);
  }

  private unary(answer: Answer) {
    return async (call: ServerUnaryCall<unknown, unknown>, callback: sendUnaryData<unknown>): Promise<void> => {
      try {
        callback(null, await answer(call.request as never, optionsOf(call)));
      } catch (error) {
        callback(this.failure(error));
      }
    };
  }

  private stream(stream: ServerDuplexStream<never, never>, infer: InferenceCalls['infer']): void {
    const messageOf = (error: unknown) => this.failure(error).details;
    void answerStream(stream, async (message) => infer(message, optionsOf(stream)), messageOf).catch((err: unknown) =>
      this.logger.debug({ err }, 'a gRPC stream ended early'),
    );
  }

  private failure(error: unknown): GrpcFailure {
    const failure = grpcFailure(error);
    if (failure.code === status.INTERNAL) this.logger.error({ err: error }, 'a gRPC call failed');
    return failure;
  }
}

/** The methods of the service, the one that is asked most by a codec of its own. */
function servedMethods(definition: PackageDefinition): ServiceDefinition {
  const { service } = inferenceService(definition);
  return { ...service, ModelInfer: { ...service.ModelInfer, ...inferCodec() } } as ServiceDefinition;
}

type Call = Pick<ServerUnaryCall<unknown, unknown>, 'metadata' | 'getDeadline'>;

/** The client's deadline, on the clock of performance.now(), and what its metadata say. */
function optionsOf(call: Call): CallOptions {
  const deadline = Number(call.getDeadline());
  const remaining = Number.isFinite(deadline) ? performance.now() + deadline - Date.now() : Infinity;
  return callOptions(call.metadata.getMap() as Record<string, string>, remaining);
}
