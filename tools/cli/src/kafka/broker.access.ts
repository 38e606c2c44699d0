import { silentLogger } from '@perennial/messaging';
import { type KafkaConfig, kafkaEnvironmentSchema } from '@perennial/messaging-kafka';
import { brokersOf } from '../client/platform.location';
import type { CommandContext } from '../command.context';
import { badInput } from '../command.error';

/** Brokers of the platform; TLS and SASL as the KAFKA_* variables say. @throws CommandError naming the variables */
export function kafkaOf(context: CommandContext): KafkaConfig {
  const parsed = kafkaEnvironmentSchema.safeParse({ ...context.env, KAFKA_BROKERS: brokersOf(context) });
  if (parsed.success) return { ...parsed.data, clientId: 'perennial-cli' };
  throw badInput(parsed.error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`).join('; '));
}

/** What the adapters log is told by the commands themselves. */
export const quiet = silentLogger;
