import { Catch, HttpException, Inject, type ArgumentsHost, type ExceptionFilter } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import { throwError, type Observable } from 'rxjs';
import type { Logger } from '../logger';
import { LOGGER } from '../tokens';

interface Failure {
  status: number;
  code: string;
  message: string;
  details?: unknown;
}

const STATUS_BY_CODE: Record<string, number> = { DATABASE_UNAVAILABLE: 503, BROKER_UNAVAILABLE: 503, CONFLICT: 409 };

export function describeFailure(error: unknown): Failure {
  if (error instanceof HttpException) {
    return { status: error.getStatus(), code: error.name.replace(/Exception$/, ''), message: error.message };
  }
  const { status, statusCode, code, message, details } = error as Partial<Failure> & { statusCode?: number };
  const known = status ?? statusCode ?? (code === undefined ? undefined : STATUS_BY_CODE[code]);
  if (known === undefined)
    return { status: 500, code: 'INTERNAL', message: 'The request failed; the log has the cause' };
  return { status: known, code: code ?? 'ERROR', message: message ?? '', details };
}

/** HTTP answers are `{"error": {code, message, details}}`; events hand their error on to the messaging pipeline. */
@Catch()
export class ErrorFilter implements ExceptionFilter {
  constructor(@Inject(LOGGER) private readonly logger: Logger) {}

  catch(error: unknown, host: ArgumentsHost): Observable<never> | void {
    if (host.getType() !== 'http') return throwError(() => error);
    const { status, ...failure } = describeFailure(error);
    if (status >= 500) this.logger.error({ err: error }, 'request failed');
    host.switchToHttp().getResponse<FastifyReply>().status(status).send({ error: failure });
  }
}
