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

const CODE_BY_STATUS: Record<number, string> = {
  400: 'MALFORMED_BODY',
  404: 'UNKNOWN_PATH',
  413: 'BODY_TOO_LARGE',
  415: 'UNSUPPORTED_MEDIA_TYPE',
};

/** What the framework refuses before any code of the service: NotFoundException → NOT_FOUND where no better is known. */
function frameworkCode(error: HttpException): string {
  const name = error.name.replace(/Exception$/, '').replace(/(?<=[a-z])(?=[A-Z])/g, '_');
  return CODE_BY_STATUS[error.getStatus()] ?? name.toUpperCase();
}

export function describeFailure(error: unknown): Failure {
  if (error instanceof HttpException) {
    return { status: error.getStatus(), code: frameworkCode(error), message: error.message };
  }
  const { status, statusCode, code, message, details } = error as Partial<Failure> & { statusCode?: number };
  const known = status ?? statusCode ?? (code === undefined ? undefined : STATUS_BY_CODE[code]);
  if (known === undefined)
    return { status: 500, code: 'INTERNAL', message: 'The request failed; the log has the cause' };
  return { status: known, code: code ?? 'ERROR', message: message ?? '', details };
}

/** What is answered over HTTP; a failure that is nobody else's is logged. */
export function failureAnswer(error: unknown, logger: Pick<Logger, 'error'>) {
  const { status, ...failure } = describeFailure(error);
  if (status >= 500) logger.error({ err: error }, 'request failed');
  return { status, answer: { error: failure } };
}

/** HTTP answers are `{"error": {code, message, details}}`; events hand their error on to the messaging pipeline. */
@Catch()
export class ErrorFilter implements ExceptionFilter {
  constructor(@Inject(LOGGER) private readonly logger: Logger) {}

  catch(error: unknown, host: ArgumentsHost): Observable<never> | void {
    if (host.getType() !== 'http') return throwError(() => error);
    const { status, answer } = failureAnswer(error, this.logger);
    host.switchToHttp().getResponse<FastifyReply>().status(status).send(answer);
  }
}
