import { Controller, Get, Inject, Param } from '@nestjs/common';
import { ServiceError } from '@perennial/service';
import type { BatchStore, MetadataStore } from '../application/ports';
import { BATCH_STORE, METADATA_STORE } from '../preprocessing.tokens';

@Controller('api/v1/preprocessing')
export class PreprocessingController {
  constructor(
    @Inject(METADATA_STORE) private readonly metadata: MetadataStore,
    @Inject(BATCH_STORE) private readonly batches: BatchStore,
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
    const value = `${dataset}/${day}`;
    throw new ServiceError('UNKNOWN_BATCH', 404, `batch ${value} was not closed yet`, { field: 'id', value });
  }
}
