import { codeOf, MessagingError, type MessagingErrorCode } from '@perennial/messaging';
import { tlsFailureCode } from '@perennial/transport-security';

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

/** The broker did not accept who we say we are. */
const denials = new Set(['SASL_AUTHENTICATION_FAILED', 'UNSUPPORTED_SASL_MECHANISM', 'ILLEGAL_SASL_STATE']);

const isNamed = (error: unknown, name: string): boolean =>
  property(error, 'name') === name ||
  (property(error, 'cause') !== undefined && isNamed(property(error, 'cause'), name));

const advice: Partial<Record<MessagingErrorCode, string>> = {
  FOREIGN_INSTALLATION: 'Another installation is in the consumer group. Stop it, or set GROUP_SUFFIX: ',
  BROKER_ACCESS_DENIED: 'Check KAFKA_SASL_MECHANISM, KAFKA_SASL_USERNAME and KAFKA_SASL_PASSWORD: ',
  BROKER_TLS_FAILED: 'Check KAFKA_SSL_CA_FILE, KAFKA_SSL_CERT_FILE, KAFKA_SSL_KEY_FILE and the name in KAFKA_BROKERS: ',
};

function brokerErrorCode(type: string | undefined, tlsCode: string | undefined, error: unknown): MessagingErrorCode {
  if (type === 'INCONSISTENT_GROUP_PROTOCOL') return 'FOREIGN_INSTALLATION';
  if (type !== undefined && rejections.has(type)) return 'BROKER_REJECTED';
  if ((type !== undefined && denials.has(type)) || isNamed(error, 'KafkaJSSASLAuthenticationError'))
    return 'BROKER_ACCESS_DENIED';
  return tlsCode === undefined ? 'BROKER_UNAVAILABLE' : 'BROKER_TLS_FAILED';
}

// kafkajs hides why no coordinator was found: none is ready, or the broker forbids the group.
const forbiddenGroup =
  '. Where this stays so, the broker may forbid the group: allow operation Read on resource Group to this user';

/** kafkajs errors as the closed list of codes: rejected, access denied, TLS failed, or the broker is away. */
export function toMessagingError(error: unknown, action: string): MessagingError {
  if (error instanceof MessagingError) return error;
  const type = kafkaErrorType(error);
  const tlsCode = tlsFailureCode(error);
  const code = brokerErrorCode(type, tlsCode, error);
  const text = error instanceof Error ? error.message : String(error);
  const message = isNamed(error, 'KafkaJSGroupCoordinatorNotFound') ? `${text}${forbiddenGroup}` : text;
  const details = { type, name: codeOf(error), ...(code === 'BROKER_TLS_FAILED' && { tls: tlsCode }) };
  return new MessagingError(code, `${action}: ${advice[code] ?? ''}${message}`, { details, cause: error });
}
