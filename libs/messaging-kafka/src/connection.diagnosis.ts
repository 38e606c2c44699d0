import { type Logger, MessagingError } from '@perennial/messaging';
import { probeTransport, type Transport } from '@perennial/transport-security';
import { kafkaErrorType, toMessagingError } from './broker.errors';
import { createClient } from './client.factory';
import type { KafkaConfig } from './kafka.config';
import { within } from './time.limit';

/**
 * Like toMessagingError, and finds out what a connection that the broker just closed does not tell: whether it wants
 * TLS or credentials. Sends none.
 */
export async function explainFailure(
  error: unknown,
  action: string,
  config: KafkaConfig,
  logger: Logger,
): Promise<MessagingError> {
  const failure = toMessagingError(error, action);
  if (failure.code !== 'BROKER_UNAVAILABLE') return failure;
  for (const broker of config.brokers) {
    const transport = await probeTransport(broker);
    if (transport === 'away') continue;
    return (
      mismatch(action, broker, transport, config, failure) ?? (await wanted(action, broker, config, logger, failure))
    );
  }
  return failure;
}

function mismatch(
  action: string,
  broker: string,
  transport: Transport,
  config: KafkaConfig,
  cause: MessagingError,
): MessagingError | undefined {
  if ((transport === 'tls') === (config.ssl !== undefined)) return undefined;
  const what =
    transport === 'tls'
      ? 'speaks TLS. Set KAFKA_SSL=true, and KAFKA_SSL_CA_FILE where its authority is not a public one'
      : 'does not speak TLS. Name its TLS listener in KAFKA_BROKERS, or set KAFKA_SSL=false';
  return new MessagingError('BROKER_TLS_FAILED', `${action}: ${broker} ${what}.`, { details: { broker }, cause });
}

/** A broker that asks for credentials refuses an unknown mechanism as such; one that asks for none refuses any. */
async function wanted(
  action: string,
  broker: string,
  config: KafkaConfig,
  logger: Logger,
  cause: MessagingError,
): Promise<MessagingError> {
  if (config.sasl) return cause;
  const authenticationProvider = () => ({ authenticate: async () => {} });
  const sasl = { mechanism: 'none', authenticationProvider } as never;
  const admin = createClient({ ...config, brokers: [broker], sasl }, logger).admin();
  try {
    await within(5_000, admin.connect());
  } catch (error) {
    if (kafkaErrorType(error) === 'UNSUPPORTED_SASL_MECHANISM') {
      const advice = 'asks for credentials: set KAFKA_SASL_MECHANISM, KAFKA_SASL_USERNAME and KAFKA_SASL_PASSWORD';
      return new MessagingError('BROKER_ACCESS_DENIED', `${action}: ${broker} ${advice}.`, {
        details: { broker },
        cause,
      });
    }
  } finally {
    await within(5_000, admin.disconnect()).catch(() => {});
  }
  return cause;
}
