import { Controller, Get } from '@nestjs/common';
import { openApiDocument } from './openapi.document';

const document = openApiDocument();

@Controller()
export class OpenApiController {
  @Get('openapi.json')
  show() {
    return document;
  }
}
