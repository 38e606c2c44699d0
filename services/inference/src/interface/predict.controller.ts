import { Body, Controller, HttpCode, Inject, Param, Post, Res } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import { type Prediction, PredictRows } from '../application/predict.rows';
import { predictionFailure, retryAfter } from './prediction.failure';

const view = ({ prediction, probability, predictionId }: Prediction, version: string) => ({
  prediction,
  probability,
  model_version: version,
  prediction_id: predictionId,
});

@Controller()
export class PredictController {
  constructor(@Inject(PredictRows) private readonly predict: PredictRows) {}

  /** `:pipeline` may be left out where one pipeline is declared, or be given as `model` in the body. */
  @Post(['predict', 'predict/:pipeline', 'invoke', 'invoke/:pipeline', 'invocations', 'invocations/:pipeline'])
  @HttpCode(200)
  async answer(
    @Param('pipeline') pipeline: string | undefined,
    @Body() body: unknown,
    @Res({ passthrough: true }) reply: FastifyReply,
  ) {
    try {
      const { single, version, predictions } = await this.predict.request(pipeline, body);
      const views = predictions.map((prediction) => view(prediction, version));
      return single ? views[0] : { predictions: views };
    } catch (error) {
      const failure = predictionFailure(error);
      const seconds = retryAfter(failure);
      if (seconds !== undefined) reply.header('retry-after', seconds);
      throw failure;
    }
  }
}
