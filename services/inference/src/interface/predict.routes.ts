import { Inject, Injectable, type OnModuleInit } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import { ServiceError } from '@perennial/service';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { type CallOptions, type Prediction, PredictRows } from '../application/predict.rows';
import { predictionFailure, retryAfter } from './prediction.failure';

const PATHS = ['/predict', '/predict/:pipeline', '/invoke', '/invoke/:pipeline'];
const TIMEOUT = 'x-request-timeout-ms';

interface PredictRequest {
  Params: { pipeline?: string };
}

const view = ({ prediction, probability, predictionId }: Prediction, version: string) => ({
  prediction,
  probability,
  model_version: version,
  prediction_id: predictionId,
});

/**
 * Registered with the server itself: a controller's way costs as much as the rest of a request. Errors end in the same
 * filter. `:pipeline` may be left out where one pipeline is declared, or be given as `model` in the body.
 */
@Injectable()
export class PredictRoutes implements OnModuleInit {
  constructor(
    @Inject(HttpAdapterHost) private readonly host: HttpAdapterHost,
    @Inject(PredictRows) private readonly predict: PredictRows,
  ) {}

  onModuleInit(): void {
    const server = this.host.httpAdapter.getInstance<FastifyInstance>();
    for (const path of PATHS) {
      server.post<PredictRequest>(path, (request, reply) => this.answer(request, reply));
    }
  }

  private async answer({ params, body, headers }: FastifyRequest<PredictRequest>, reply: FastifyReply) {
    try {
      const options = optionsOf(headers[TIMEOUT]);
      const { single, version, predictions } = await this.predict.request(params.pipeline, body, options);
      if (single) return view(predictions[0] as Prediction, version);
      return { predictions: predictions.map((prediction) => view(prediction, version)) };
    } catch (error) {
      const failure = predictionFailure(error);
      const seconds = retryAfter(failure);
      if (seconds !== undefined) reply.header('retry-after', seconds);
      throw failure;
    }
  }
}

/** The header: milliseconds from now after which the client does not wait any more. */
function optionsOf(timeout: string | string[] | undefined): CallOptions {
  if (timeout === undefined) return {};
  const milliseconds = Number(timeout);
  if (milliseconds > 0) return { deadline: performance.now() + milliseconds };
  const rule = 'must be milliseconds above 0';
  const details = { input: TIMEOUT, value: timeout, rule };
  throw new ServiceError('INVALID_INPUT', 400, `${TIMEOUT} ${rule}; got ${String(timeout)}`, details);
}
