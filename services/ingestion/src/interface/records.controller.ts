import { Body, Controller, Headers, HttpCode, Inject, Param, Post, Res } from '@nestjs/common';
import { ServiceError } from '@perennial/service';
import type { FastifyReply } from 'fastify';
import { z } from 'zod';
import { DatasetCatalogue } from '../application/dataset.catalogue';
import { PushRecords } from '../application/push.records';
import { recordsOfBody } from './record.body';
import { tellingWhen } from './retry.after';
import { datasetOf, dayOf } from './target';

const manifest = z.strictObject({ rows: z.int().min(0) });

/** What outside producers may also do over HTTP; it reaches the topic that they use. */
@Controller('api/v1/datasets/:name/days/:day')
export class RecordsController {
  constructor(
    @Inject(DatasetCatalogue) private readonly catalogue: DatasetCatalogue,
    @Inject(PushRecords) private readonly push: PushRecords,
  ) {}

  @Post('records')
  @HttpCode(202)
  async records(
    @Param('name') name: string,
    @Param('day') day: string,
    @Headers('content-type') contentType: string | undefined,
    @Body() body: unknown,
    @Res({ passthrough: true }) reply: FastifyReply,
  ) {
    const { typed, recordId } = datasetOf(this.catalogue, name);
    const target = { dataset: name, day: dayOf(day) };
    const { records, csv } = recordsOfBody(contentType ?? '', body);
    const options = csv ? { typed, recordId } : { recordId };
    const { accepted } = await tellingWhen(reply, this.push.run(target, records, options));
    return { accepted, ...target };
  }

  @Post('manifest')
  @HttpCode(202)
  async manifest(@Param('name') name: string, @Param('day') day: string, @Body() body: unknown) {
    datasetOf(this.catalogue, name);
    const target = { dataset: name, day: dayOf(day) };
    const parsed = manifest.safeParse(body);
    if (!parsed.success) throw invalidManifest(body);
    await this.push.announce(target, parsed.data.rows);
    return { ...target, rows: parsed.data.rows };
  }
}

function invalidManifest(body: unknown): ServiceError {
  const value = typeof body === 'object' && body !== null && 'rows' in body ? body.rows : body;
  const rule = 'must be a whole number of at least 0, and the only field';
  return new ServiceError('INVALID_MANIFEST', 400, `rows: ${rule}`, { field: 'rows', value, rule });
}
