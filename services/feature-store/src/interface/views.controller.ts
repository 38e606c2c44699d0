import { open, rm } from 'node:fs/promises';
import { Body, Controller, Get, HttpCode, Inject, Param, Post, StreamableFile } from '@nestjs/common';
import { ServiceError } from '@perennial/service';
import type { ViewStore } from '../application/ports';
import { ReadView } from '../application/read.view';
import { VIEW_STORE } from '../feature-store.tokens';
import { readRequestOf, versionOf } from './read.body';

@Controller('api/v1/features/views')
export class ViewsController {
  constructor(
    @Inject(VIEW_STORE) private readonly views: ViewStore,
    @Inject(ReadView) private readonly read: ReadView,
  ) {}

  @Get()
  async list() {
    return { views: await this.views.list() };
  }

  @Get(':name')
  async view(@Param('name') name: string) {
    const stored = await this.views.load(name);
    if (stored) return stored.view;
    throw new ServiceError('UNKNOWN_VIEW', 404, `view ${name} does not exist`, { field: 'name', value: name });
  }

  /** Schema and batches of a version, each batch with its lineage. */
  @Get(':name/versions/:version')
  async version(@Param('name') name: string, @Param('version') version: string) {
    const found = await this.read.versionOf(name, versionOf(version));
    return { view: name, ...found, batches: await this.views.batches(name, found.version) };
  }

  @Post(':name/versions/:version/read')
  @HttpCode(200)
  async rows(@Param('name') name: string, @Param('version') version: string, @Body() body: unknown) {
    const path = await this.read.run(name, versionOf(version), readRequestOf(body));
    const file = await open(path);
    // The open handle keeps the bytes until the answer has been sent.
    await rm(path);
    const { size } = await file.stat();
    return new StreamableFile(file.createReadStream(), { type: 'application/vnd.apache.parquet', length: size });
  }
}
