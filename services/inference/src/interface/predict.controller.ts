import { Body, Controller, Headers, HttpCode, Inject, Param, Post, Res } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import { type Prediction, PredictRows } from '../application/predict.rows';
import { enrichmentView } from './enrichment.view';
import { predictionFailure, retryAfter } from './prediction.failure';

const view = ({ prediction, probability, predictionId, version, arm, enrichment }: Prediction, model: string) => ({
  prediction,
  probability,
  model,
  model_version: version,
  arm,
  prediction_id: predictionId,
  ...(enrichment && { enrichment: enrichmentView(enrichment) }),
});

@Controller()
export class PredictController {
  constructor(@Inject(PredictRows) private readonly predict: PredictRows) {}

  /** `:pipeline` may be left out where one pipeline is declared, or be given as `model` in the body. The same entity is answered by the same arm. */
  @Post(['predict', 'predict/:pipeline', 'invoke', 'invoke/:pipeline', 'invocations', 'invocations/:pipeline'])
  @HttpCode(200)
  async answer(
    @Param('pipeline') pipeline: string | undefined,
    @Body() body: unknown,
    @Headers('x-entity-key') entity: string | undefined,
    @Res({ passthrough: true }) reply: FastifyReply,
  ) {
    try {
      const { single, pipeline: model, predictions } = await this.predict.request(pipeline, body, entity);
      const views = predictions.map((prediction) => view(prediction, model));
      return single ? views[0] : { predictions: views };
    } catch (error) {
      const failure = predictionFailure(error);
      const seconds = retryAfter(failure);
      if (seconds !== undefined) reply.header('retry-after', seconds);
      throw failure;
    }
  }
}
