import { Controller, Get, Inject, Param, Query } from '@nestjs/common';
import { ServiceError } from '@perennial/service';
import { BacklogWatch } from '../application/backlog.watch';
import { DatasetCatalogue } from '../application/dataset.catalogue';
import { dayView } from '../application/day.view';
import { DAY_STORE, QUARANTINE_STORE } from '../ingestion.tokens';
import type { DayStore, QuarantineStore } from '../application/ports';
import { datasetOf, dayOf } from './target';

const MAX_PAGE = 1_000;

function pageSize(text: string | undefined): number {
  const size = text === undefined ? 100 : Number(text);
  if (Number.isInteger(size) && size >= 1 && size <= MAX_PAGE) return size;
  const rule = `must be a whole number from 1 to ${MAX_PAGE}`;
  throw new ServiceError('INVALID_LIMIT', 400, `limit ${text}: ${rule}`, { field: 'limit', value: text, rule });
}

@Controller('api/v1/datasets')
export class DatasetsController {
  constructor(
    @Inject(DatasetCatalogue) private readonly catalogue: DatasetCatalogue,
    @Inject(DAY_STORE) private readonly days: DayStore,
    @Inject(QUARANTINE_STORE) private readonly quarantined: QuarantineStore,
    @Inject(BacklogWatch) private readonly watch: BacklogWatch,
  ) {}

  @Get()
  datasets() {
    const datasets = this.catalogue.all().map(({ dataset, pipelines }) => ({ ...dataset, pipelines }));
    return { datasets };
  }

  /** How many messages wait to be stored, over all datasets; producers slow down while it is full. */
  @Get(':name/backlog')
  backlog(@Param('name') name: string) {
    datasetOf(this.catalogue, name);
    return this.watch.view();
  }

  @Get(':name/days')
  async list(@Param('name') name: string, @Query('limit') limit?: string) {
    datasetOf(this.catalogue, name);
    return { dataset: name, days: (await this.days.list(name, pageSize(limit))).map(dayView) };
  }

  @Get(':name/days/:day')
  async day(@Param('name') name: string, @Param('day') day: string) {
    datasetOf(this.catalogue, name);
    const stored = await this.days.load(name, dayOf(day));
    if (stored) return dayView(stored.day);
    throw new ServiceError('UNKNOWN_DAY', 404, `day ${day}: nothing was pushed for it`, { field: 'day', value: day });
  }

  /** Pages by `after`: the `next` of the page before. */
  @Get(':name/days/:day/quarantine')
  async quarantine(
    @Param('name') name: string,
    @Param('day') day: string,
    @Query('after') after?: string,
    @Query('limit') limit?: string,
  ) {
    datasetOf(this.catalogue, name);
    const size = pageSize(limit);
    const records = await this.quarantined.page(name, dayOf(day), after ?? null, size);
    return { records, next: records.length === size ? (records.at(-1)?.id ?? null) : null };
  }
}
