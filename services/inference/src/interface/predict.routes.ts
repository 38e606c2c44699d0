import { Inject, Injectable, type OnModuleInit } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import { directRoute, type DirectReply, type DirectRequest } from '@perennial/service';
import type { FastifyInstance } from 'fastify';
import { type Prediction, PredictRows } from '../application/predict.rows';
import { callOptions } from './call.options';
import { enrichmentView } from './enrichment.view';
import { predictionFailure, retryAfter } from './prediction.failure';

const PATHS = ['/predict', '/invoke', '/invocations'].flatMap((path) => [path, `${path}/:pipeline`]);

const view = (
  { prediction, probability, predictionId, version, arm, enrichment, cached }: Prediction,
  model: string,
) => ({
  prediction,
  probability,
  model,
  model_version: version,
  arm,
  prediction_id: predictionId,
  ...(cached && { cached }),
  ...(enrichment && { enrichment: enrichmentView(enrichment) }),
});

/** `:pipeline` may be left out where one pipeline is declared, or be given as `model` in the body. */
export function predictRoutes(server: FastifyInstance, predict: Pick<PredictRows, 'request' | 'requirePlace'>): void {
  const answer = async ({ params, body, headers }: DirectRequest, reply: DirectReply) => {
    try {
      const { single, pipeline, predictions } = await predict.request(params.pipeline, body, callOptions(headers));
      if (single) return view(predictions[0] as Prediction, pipeline);
      return { predictions: predictions.map((prediction) => view(prediction, pipeline)) };
    } catch (error) {
      throw refusal(error, reply);
    }
  };
  /** A full queue is told before the body is read. */
  const beforeBody = ({ params }: Pick<DirectRequest, 'params'>, reply: DirectReply): void => {
    try {
      predict.requirePlace(params.pipeline);
    } catch (error) {
      throw refusal(error, reply);
    }
  };
  for (const path of PATHS) {
    server.post<{ Params: DirectRequest['params'] }>(path, directRoute({ beforeBody }), answer);
  }
}

function refusal(error: unknown, reply: DirectReply): unknown {
  const failure = predictionFailure(error);
  const seconds = retryAfter(failure);
  if (seconds !== undefined) reply.header('retry-after', String(seconds));
  return failure;
}

/**
 * Registered with the server itself: a controller's way costs as much as the rest of a request. Access is asked and errors
 * are answered as for controllers.
 */
@Injectable()
export class PredictRoutes implements OnModuleInit {
  constructor(
    @Inject(HttpAdapterHost) private readonly host: HttpAdapterHost,
    @Inject(PredictRows) private readonly predict: PredictRows,
  ) {}

  onModuleInit(): void {
    predictRoutes(this.host.httpAdapter.getInstance<FastifyInstance>(), this.predict);
  }
}
