import { Body, Controller, HttpCode, Inject, Post } from '@nestjs/common';
import type { Clock } from '@perennial/messaging';
import { CLOCK } from '@perennial/service';
import type { LabelStore } from '../application/ports';
import { LABEL_STORE } from '../inference.tokens';
import { labelsOf } from './labels.body';

/** What predicted rows turned out to be. */
@Controller('api/v1/labels')
export class LabelsController {
  constructor(
    @Inject(LABEL_STORE) private readonly labels: LabelStore,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  @Post()
  @HttpCode(202)
  async tell(@Body() body: unknown) {
    const labels = labelsOf(body, this.clock.now());
    await this.labels.tell(labels);
    return { accepted: labels.length };
  }
}
