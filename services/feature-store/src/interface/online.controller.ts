import { Body, Controller, HttpCode, Inject, Post } from '@nestjs/common';
import { ReadOnline } from '../application/read.online';
import { onlineRequestOf } from './online.body';

/** As a Feast server answers, so that one client reads from either. */
@Controller()
export class OnlineController {
  constructor(@Inject(ReadOnline) private readonly read: ReadOnline) {}

  @Post('get-online-features')
  @HttpCode(200)
  rows(@Body() body: unknown) {
    return this.read.run(onlineRequestOf(body));
  }
}
