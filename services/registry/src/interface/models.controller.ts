import { Controller, Get, HttpCode, Inject, Param, Post, Query, Res, StreamableFile } from '@nestjs/common';
import { SignedBody, parseRequest } from '@perennial/service';
import { DecideApproval } from '../application/decide.approval';
import { ShowVersions } from '../application/show.versions';
import { approval, rejection, versionQuery } from './request.schema';

interface HeaderReply {
  header(name: string, value: string): unknown;
}

@Controller('api/v1/models')
export class ModelsController {
  constructor(
    @Inject(ShowVersions) private readonly show: ShowVersions,
    @Inject(DecideApproval) private readonly decide: DecideApproval,
  ) {}

  @Get()
  async models() {
    return { models: await this.show.models() };
  }

  @Get(':pipeline/versions')
  async list(@Param('pipeline') pipeline: string, @Query() query: unknown) {
    return { pipeline, versions: await this.show.list(pipeline, parseRequest(versionQuery, query).limit) };
  }

  @Get(':pipeline/versions/:version')
  one(@Param('pipeline') pipeline: string, @Param('version') version: string) {
    return this.show.one(pipeline, version);
  }

  @Get(':pipeline/versions/:version/artifact')
  async artifact(
    @Param('pipeline') pipeline: string,
    @Param('version') version: string,
    @Res({ passthrough: true }) reply: HeaderReply,
  ): Promise<StreamableFile> {
    const { reference, bytes } = await this.show.artifact(pipeline, version);
    reply.header('etag', `"${reference.digest}"`);
    const disposition = `attachment; filename="${pipeline}-${version}.onnx"`;
    return new StreamableFile(bytes, { type: reference.mediaType, length: bytes.byteLength, disposition });
  }

  @Post(':pipeline/versions/:version/approve')
  @HttpCode(200)
  approve(@Param('pipeline') pipeline: string, @Param('version') version: string, @SignedBody() body: unknown) {
    const { by, comment } = parseRequest(approval, body);
    return this.decide.approve(pipeline, version, by, comment);
  }

  @Post(':pipeline/versions/:version/reject')
  @HttpCode(200)
  reject(@Param('pipeline') pipeline: string, @Param('version') version: string, @SignedBody() body: unknown) {
    const { by, reason } = parseRequest(rejection, body);
    return this.decide.reject(pipeline, version, by, reason);
  }
}
