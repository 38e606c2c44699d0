import { type ArgumentsHost, Catch, type ExceptionFilter, Inject } from '@nestjs/common';
import { describeFailure, LOGGER, type Logger } from '@perennial/service';
import type { FastifyReply } from 'fastify';

/** Clients go on by these codes, whatever the status. */
const CODES: Readonly<Record<number, string>> = {
  400: 'INVALID_PARAMETER_VALUE',
  404: 'RESOURCE_DOES_NOT_EXIST',
  503: 'TEMPORARILY_UNAVAILABLE',
};

/** Errors as MLflow's clients read them: `{"error_code", "message"}`. */
@Catch()
export class MlflowErrorFilter implements ExceptionFilter {
  constructor(@Inject(LOGGER) private readonly logger: Logger) {}

  catch(error: unknown, host: ArgumentsHost): void {
    const { status, message } = describeFailure(error);
    if (status >= 500) this.logger.error({ err: error }, 'request failed');
    const body = { error_code: CODES[status] ?? 'INTERNAL_ERROR', message };
    host.switchToHttp().getResponse<FastifyReply>().status(status).send(body);
  }
}
