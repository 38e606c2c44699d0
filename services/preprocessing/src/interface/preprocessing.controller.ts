import { Controller, Get, HttpCode, Inject, Param, Post } from '@nestjs/common';
import { ServiceError } from '@perennial/service';
import type { BatchStore, MetadataStore } from '../application/ports';
import { QueueBatch, unknownBatch } from '../application/queue.batch';
import { BATCH_STORE, METADATA_STORE } from '../preprocessing.tokens';

@Controller('api/v1/preprocessing')
export class PreprocessingController {
  constructor(
    @Inject(METADATA_STORE) private readonly metadata: MetadataStore,
    @Inject(BATCH_STORE) private readonly batches: BatchStore,
    @Inject(QueueBatch) private readonly queue: QueueBatch,
  ) {}

  /** The fitted preprocessing by the metadataId that events carry. */
  @Get('metadata/:id')
  async fitted(@Param('id') id: string) {
    const found = await this.metadata.get(id);
    if (found) return found;
    throw new ServiceError('UNKNOWN_METADATA', 404, `metadata ${id} does not exist`, { field: 'id', value: id });
  }

  /** Batch ids hold a slash: dataset/day, dataset/day~n. */
  @Get('batches/:dataset/:day')
  async batch(@Param('dataset') dataset: string, @Param('day') day: string) {
    const found = await this.batches.get(`${dataset}/${day}`);
    if (found) return found;
    throw unknownBatch(`${dataset}/${day}`);
  }

  /** Has a failed batch prepared again. */
  @Post('batches/:dataset/:day/retry')
  @HttpCode(202)
  retry(@Param('dataset') dataset: string, @Param('day') day: string) {
    return this.queue.retry(`${dataset}/${day}`);
  }
}
