import { readFileSync } from 'node:fs';
import { fileProblem } from '@perennial/transport-security';
import { z } from 'zod';
import { type KafkaConfig, kafkaConfigSchema } from './kafka.config';

const file = z
  .string()
  .superRefine((path, context) => {
    const problem = fileProblem(path);
    if (problem) context.addIssue({ code: 'custom', message: problem });
  })
  .optional();

const variablesSchema = z.object({
  KAFKA_BROKERS: z.string({ error: 'must be host:port, several separated by commas' }),
  KAFKA_CLIENT_ID: z.string().optional(),
  KAFKA_SSL: z.enum(['true', 'false']).default('false'),
  KAFKA_SSL_CA_FILE: file,
  KAFKA_SSL_CERT_FILE: file,
  KAFKA_SSL_KEY_FILE: file,
  // Java's settings write them in capitals.
  KAFKA_SASL_MECHANISM: z
    .string()
    .toLowerCase()
    .pipe(z.enum(['plain', 'scram-sha-256', 'scram-sha-512']))
    .optional(),
  KAFKA_SASL_USERNAME: z.string().optional(),
  KAFKA_SASL_PASSWORD: z.string().optional(),
  KAFKA_REPLICATION_FACTOR: z.coerce.number().int().optional(),
  KAFKA_SESSION_TIMEOUT_MS: z.coerce.number().int().min(1_000, 'must be at least 1000').optional(),
});

type Variables = z.output<typeof variablesSchema>;

/** The environment variables of a service's configuration; `*_FILE` name PEM files. */
export const kafkaEnvironmentSchema = variablesSchema
  .superRefine((variables, context) => {
    for (const [variable, message] of withoutEffect(variables)) {
      context.addIssue({ code: 'custom', path: [variable], message });
    }
  })
  .transform((variables, context): KafkaConfig => {
    const parsed = kafkaConfigSchema.safeParse(toConfig(variables));
    if (parsed.success) return parsed.data;
    for (const { path, message } of parsed.error.issues) {
      context.addIssue({ code: 'custom', path: [variableOf(path)], message });
    }
    return z.NEVER;
  });

/** Settings that would be passed over in silence, and the connection be less secure than meant. */
function withoutEffect(variables: Variables): [variable: string, rule: string][] {
  const given = (names: readonly (keyof Variables)[]) => names.find((name) => variables[name] !== undefined);
  const tls = given(['KAFKA_SSL_CA_FILE', 'KAFKA_SSL_CERT_FILE', 'KAFKA_SSL_KEY_FILE']);
  const sasl = given(['KAFKA_SASL_USERNAME', 'KAFKA_SASL_PASSWORD']);
  const problems: [string, string][] = [];
  if (tls && variables.KAFKA_SSL === 'false') problems.push(['KAFKA_SSL', `must be true where ${tls} is given`]);
  if (sasl && !variables.KAFKA_SASL_MECHANISM) {
    problems.push(['KAFKA_SASL_MECHANISM', `must be plain, scram-sha-256 or scram-sha-512 where ${sasl} is given`]);
  }
  return problems;
}

function toConfig(variables: Variables) {
  const read = (path: string | undefined) => (path === undefined ? undefined : readFileSync(path, 'utf8'));
  const mechanism = variables.KAFKA_SASL_MECHANISM;
  return {
    brokers: variables.KAFKA_BROKERS.split(',').map((name) => name.trim()),
    clientId: variables.KAFKA_CLIENT_ID,
    ssl:
      variables.KAFKA_SSL === 'true'
        ? {
            ca: read(variables.KAFKA_SSL_CA_FILE),
            cert: read(variables.KAFKA_SSL_CERT_FILE),
            key: read(variables.KAFKA_SSL_KEY_FILE),
          }
        : undefined,
    sasl: mechanism && {
      mechanism,
      username: variables.KAFKA_SASL_USERNAME,
      password: variables.KAFKA_SASL_PASSWORD,
    },
    replicationFactor: variables.KAFKA_REPLICATION_FACTOR,
    sessionTimeoutMs: variables.KAFKA_SESSION_TIMEOUT_MS,
  };
}

function variableOf([section, field]: readonly PropertyKey[]): string {
  if (section === 'brokers') return 'KAFKA_BROKERS';
  const name = ['KAFKA', section, field].filter((part) => part !== undefined).map((part) => String(part).toUpperCase());
  return section === 'ssl' && field !== undefined ? `${name.join('_')}_FILE` : name.join('_');
}
