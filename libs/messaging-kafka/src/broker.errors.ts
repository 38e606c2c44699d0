import { codeOf, MessagingError } from '@perennial/messaging';

const property = (error: unknown, name: string): unknown =>
  typeof error === 'object' && error !== null ? (error as Record<string, unknown>)[name] : undefined;

/** The deepest cause's Kafka error type, e.g. TOPIC_AUTHORIZATION_FAILED. */
export function kafkaErrorType(error: unknown): string | undefined {
  const cause = property(error, 'cause');
  const inner = cause === undefined ? undefined : kafkaErrorType(cause);
  return inner ?? (property(error, 'type') as string | undefined);
}

/** The broker answered, and the same request will be refused again. */
const rejections = new Set([
  'TOPIC_AUTHORIZATION_FAILED',
  'GROUP_AUTHORIZATION_FAILED',
  'CLUSTER_AUTHORIZATION_FAILED',
  'MESSAGE_TOO_LARGE',
  'RECORD_LIST_TOO_LARGE',
  'INVALID_TOPIC_EXCEPTION',
  'INVALID_RECORD',
]);

/** kafkajs errors as the closed list of codes: rejected by the broker, or the broker is away. */
export function toMessagingError(error: unknown, action: string): MessagingError {
  if (error instanceof MessagingError) return error;
  const type = kafkaErrorType(error);
  const message = error instanceof Error ? error.message : String(error);
  const code = type !== undefined && rejections.has(type) ? 'BROKER_REJECTED' : 'BROKER_UNAVAILABLE';
  return new MessagingError(code, `${action}: ${message}`, { details: { type, name: codeOf(error) }, cause: error });
}
