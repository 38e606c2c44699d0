import { createGunzip, createInflate } from 'node:zlib';
import { HEADER_LENGTH, readRestRequest, type RestResponse, writeRestResponse } from '@perennial/open-inference';
import { ServiceError } from '@perennial/service';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { callOptions } from '../call.options';
import type { OpenInferenceService } from './open-inference.service';
import type { RepositoryService } from './repository.service';

interface ModelPath {
  Params: { model: string; version?: string };
}

type ModelRequest = FastifyRequest<ModelPath>;

const EMPTY = Buffer.alloc(0);
const DECODERS = { gzip: createGunzip, deflate: createInflate };

/** Bodies come as they are: JSON with or without a content type, or JSON with binary tensors behind it. */
export function takeRawBodies(server: FastifyInstance): void {
  server.removeAllContentTypeParsers();
  server.addContentTypeParser('*', { parseAs: 'buffer' }, (_request, body, done) => done(null, body));
  server.addHook('preParsing', async (request, _reply, payload) => {
    const encoding = request.headers['content-encoding'];
    if (encoding === undefined || encoding === 'identity') return payload;
    if (!Object.hasOwn(DECODERS, encoding)) {
      throw new ServiceError('UNSUPPORTED_MEDIA_TYPE', 415, `Content-Encoding ${encoding} must be gzip or deflate`);
    }
    const decoded = payload.pipe(DECODERS[encoding as keyof typeof DECODERS]());
    payload.on('error', (error) => decoded.destroy(error));
    // The announced length is that of the encoded body; the limit counts decoded bytes, too.
    return Object.assign(decoded, { receivedEncodedLength: Number(request.headers['content-length'] ?? 0) });
  });
}

/** The protocol over HTTP, with Triton's extensions. */
export function openInferenceRoutes(
  server: FastifyInstance,
  inference: OpenInferenceService,
  repository: RepositoryService,
): void {
  server.get('/', () => inference.serverMetadata());
  server.get('/health/live', () => ({ live: true }));
  server.get('/health/ready', async (_request, reply) => {
    const ready = await inference.serverReady();
    return reply.code(ready ? 200 : 503).send({ ready, live: true });
  });
  server.get('/models', () => ({ models: inference.modelNames() }));
  server.get('/models/stats', () => inference.statistics('', ''));
  for (const path of ['/models/:model', '/models/:model/versions/:version']) {
    modelRoutes(server, path, inference);
  }
  repositoryRoutes(server, repository);
}

function modelRoutes(server: FastifyInstance, path: string, inference: OpenInferenceService): void {
  const named = ({ params: { model, version = '' } }: ModelRequest) => [model, version] as const;
  server.get<ModelPath>(path, (request) => inference.modelMetadata(...named(request)));
  server.get<ModelPath>(`${path}/config`, (request) => inference.modelConfig(...named(request)));
  server.get<ModelPath>(`${path}/stats`, (request) => inference.statistics(...named(request)));
  server.get<ModelPath>(`${path}/ready`, async (request, reply) => {
    const [name, version] = named(request);
    const ready = inference.modelReady(name, version);
    return reply.code(ready ? 200 : 503).send({ name, ready });
  });
  const onRequest = async (request: ModelRequest) => inference.requirePlace(request.params.model);
  server.post<ModelPath>(`${path}/infer`, { onRequest }, async (request, reply) => {
    const call = readRestRequest(bodyOf(request), headerLengthOf(request), inference.limits);
    const [name, version] = named(request);
    return send(
      reply,
      writeRestResponse(call, await inference.infer(name, version, call, callOptions(request.headers))),
    );
  });
}

function repositoryRoutes(server: FastifyInstance, repository: RepositoryService): void {
  server.post('/repository/index', (request) => repository.index(jsonOf(request).ready === true));
  server.post<ModelPath>('/repository/models/:model/load', async (request) => {
    const { parameters } = jsonOf(request);
    await repository.load(request.params.model, (parameters ?? {}) as Record<string, unknown>);
    return {};
  });
  server.post<ModelPath>('/repository/models/:model/unload', (request) => {
    repository.unload(request.params.model);
    return {};
  });
}

const bodyOf = ({ body }: FastifyRequest): Buffer => (Buffer.isBuffer(body) ? body : EMPTY);

const headerLengthOf = ({ headers }: FastifyRequest): string | undefined => headers[HEADER_LENGTH]?.toString();

/** An empty body is an empty object. */
function jsonOf(request: FastifyRequest): Record<string, unknown> {
  const text = bodyOf(request).toString();
  if (text.trim() === '') return {};
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value === 'object' && value !== null) return value as Record<string, unknown>;
  } catch {
    // Told below.
  }
  throw new ServiceError('INVALID_INPUT', 400, `body must be a JSON object; got ${text.slice(0, 100)}`);
}

/** Without a character set: clients compare the type. */
function send(reply: FastifyReply, { body, headerLength }: RestResponse): FastifyReply {
  const bytes = Buffer.from(body.buffer, body.byteOffset, body.byteLength);
  if (headerLength === null) return reply.header('content-type', 'application/json').send(bytes);
  return reply
    .header('content-type', 'application/octet-stream')
    .header(HEADER_LENGTH, String(headerLength))
    .send(bytes);
}
