import { Controller, Get, Inject, Query } from '@nestjs/common';
import { ServiceError } from '@perennial/service';
import type { LabelStore, PredictionStore } from '../application/ports';
import { LABEL_STORE, PREDICTION_STORE } from '../inference.tokens';

const MAX_LIMIT = 1_000;

@Controller('api/v1/predictions')
export class PredictionsController {
  constructor(
    @Inject(PREDICTION_STORE) private readonly predictions: PredictionStore,
    @Inject(LABEL_STORE) private readonly labels: LabelStore,
  ) {}

  /** Newest first, with the labels that are known. */
  @Get()
  async newest(@Query('pipeline') pipeline: string | undefined, @Query('limit') limit: string | undefined) {
    const newest = await this.predictions.newest(pipeline, limitOf(limit));
    const labels = await this.labels.of(newest.map(({ predictionId }) => predictionId));
    return { predictions: newest.map((made) => ({ ...made, label: labels.get(made.predictionId) })) };
  }
}

function limitOf(text: string | undefined): number {
  const limit = text === undefined ? 100 : Number(text);
  if (Number.isInteger(limit) && limit >= 1 && limit <= MAX_LIMIT) return limit;
  const rule = `must be a whole number from 1 to ${MAX_LIMIT}`;
  throw new ServiceError('INVALID_LIMIT', 400, `limit ${text}: ${rule}`, { field: 'limit', value: text, rule });
}
