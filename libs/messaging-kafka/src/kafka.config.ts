import { readFileSync } from 'node:fs';
import { z } from 'zod';

const broker = z.string().regex(/^[^\s:/]+:\d{1,5}$|^\[[0-9a-fA-F:]+\]:\d{1,5}$/, 'must be host:port');

/** Certificates are PEM text. */
export const kafkaConfigSchema = z.object({
  brokers: z.array(broker).min(1, 'must name at least one broker as host:port'),
  clientId: z.string().min(1).default('perennial'),
  /** Absent: plain TCP. An empty object: TLS with the system's authorities. */
  ssl: z
    .object({ ca: z.string().optional(), cert: z.string().optional(), key: z.string().optional() })
    .refine(({ cert, key }) => (cert === undefined) === (key === undefined), 'cert and key belong together')
    .optional(),
  sasl: z
    .object({
      mechanism: z.enum(['plain', 'scram-sha-256', 'scram-sha-512']),
      username: z.string().min(1),
      password: z.string().min(1),
    })
    .optional(),
  /** Of created topics; -1 leaves it to the broker's default. */
  replicationFactor: z.number().int().default(-1),
  /** How long partitions wait for a consumer that vanished; the broker bounds it (6 s to 30 min by default). */
  sessionTimeoutMs: z.number().int().min(1_000).optional(),
});

export type KafkaConfig = z.output<typeof kafkaConfigSchema>;

/** The environment variables of a service's configuration; `*_FILE` name PEM files. */
export const kafkaEnvironmentSchema = z
  .object({
    KAFKA_BROKERS: z.string({ error: 'must be host:port, several separated by commas' }),
    KAFKA_CLIENT_ID: z.string().optional(),
    KAFKA_SSL: z.enum(['true', 'false']).default('false'),
    KAFKA_SSL_CA_FILE: z.string().optional(),
    KAFKA_SSL_CERT_FILE: z.string().optional(),
    KAFKA_SSL_KEY_FILE: z.string().optional(),
    KAFKA_SASL_MECHANISM: z.enum(['plain', 'scram-sha-256', 'scram-sha-512']).optional(),
    KAFKA_SASL_USERNAME: z.string().optional(),
    KAFKA_SASL_PASSWORD: z.string().optional(),
    KAFKA_REPLICATION_FACTOR: z.coerce.number().int().optional(),
    KAFKA_SESSION_TIMEOUT_MS: z.coerce.number().int().min(1_000, 'must be at least 1000').optional(),
  })
  .transform((variables, context): KafkaConfig => {
    const parsed = kafkaConfigSchema.safeParse(toConfig(variables));
    if (parsed.success) return parsed.data;
    for (const { path, message } of parsed.error.issues) {
      context.addIssue({ code: 'custom', path: [variableOf(path)], message });
    }
    return z.NEVER;
  });

type Variables = Record<string, string | number | undefined>;

function toConfig(variables: Variables) {
  const file = (name: string) => {
    const path = variables[`KAFKA_SSL_${name}_FILE`];
    return typeof path === 'string' ? readFileSync(path, 'utf8') : undefined;
  };
  const mechanism = variables.KAFKA_SASL_MECHANISM;
  return {
    brokers: String(variables.KAFKA_BROKERS)
      .split(',')
      .map((name) => name.trim()),
    clientId: variables.KAFKA_CLIENT_ID,
    ssl: variables.KAFKA_SSL === 'true' ? { ca: file('CA'), cert: file('CERT'), key: file('KEY') } : undefined,
    sasl: mechanism && {
      mechanism,
      username: variables.KAFKA_SASL_USERNAME,
      password: variables.KAFKA_SASL_PASSWORD,
    },
    replicationFactor: variables.KAFKA_REPLICATION_FACTOR,
    sessionTimeoutMs: variables.KAFKA_SESSION_TIMEOUT_MS,
  };
}

const variableOf = (path: readonly PropertyKey[]): string =>
  path[0] === 'brokers' ? 'KAFKA_BROKERS' : `KAFKA_${path.map((step) => String(step).toUpperCase()).join('_')}`;
