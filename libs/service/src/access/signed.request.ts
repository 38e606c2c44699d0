import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { ServiceError } from '../http/service-error';

const isFields = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** Fields with `by` as the credential says it. Throws OTHER_IDENTITY where they name somebody else. */
export function signed(fields: unknown, subject: string | undefined): unknown {
  if (subject === undefined || (fields !== undefined && fields !== null && !isFields(fields))) return fields;
  const { by } = fields ?? {};
  if (by === undefined || by === subject) return { ...fields, by: subject };
  const rule = `must be left out or be ${subject}, who the credential belongs to`;
  throw new ServiceError('OTHER_IDENTITY', 403, `by is ${JSON.stringify(by)}: ${rule}`, {
    field: 'by',
    value: by,
    rule,
  });
}

const requestOf = (context: ExecutionContext) => context.switchToHttp().getRequest<FastifyRequest>();

/** The body, with `by` set to whoever was authenticated, so that nobody decides in another one's name. */
export const SignedBody = createParamDecorator((_: unknown, context: ExecutionContext): unknown => {
  const { body, principal } = requestOf(context);
  return signed(body, principal?.subject);
});

/** The same for the query. */
export const SignedQuery = createParamDecorator((_: unknown, context: ExecutionContext): unknown => {
  const { query, principal } = requestOf(context);
  return signed(query, principal?.subject);
});
