import { Body, Controller, Get, HttpStatus, Inject, Param, Post, Query, Res } from '@nestjs/common';
import { SignedQuery, parseRequest } from '@perennial/service';
import { ShowSubmissions } from '../application/show.submissions';
import { SubmitModel } from '../application/submit.model';
import { modelBytes } from './model.body';
import { submissionQuery, versionQuery } from './request.schema';

interface StatusReply {
  status(code: number): unknown;
}

@Controller('api/v1/models/:pipeline/submissions')
export class SubmissionsController {
  constructor(
    @Inject(SubmitModel) private readonly submitModel: SubmitModel,
    @Inject(ShowSubmissions) private readonly show: ShowSubmissions,
  ) {}

  @Post()
  async submit(
    @Param('pipeline') pipeline: string,
    @SignedQuery() query: unknown,
    @Body() body: unknown,
    @Res({ passthrough: true }) reply: StatusReply,
  ) {
    const { by: submittedBy, again, ...options } = parseRequest(submissionQuery, query);
    const file = { bytes: modelBytes(body), submittedBy, options, again };
    const { submission, created } = await this.submitModel.run(pipeline, file);
    reply.status(created ? HttpStatus.ACCEPTED : HttpStatus.OK);
    return submission;
  }

  @Get()
  async list(@Param('pipeline') pipeline: string, @Query() query: unknown) {
    return { pipeline, submissions: await this.show.list(pipeline, parseRequest(versionQuery, query).limit) };
  }

  @Get(':name')
  one(@Param('pipeline') pipeline: string, @Param('name') name: string) {
    return this.show.one(pipeline, name);
  }
}
