import { fileProblem } from '@perennial/transport-security';
import { z } from 'zod';

export const mongoConfigSchema = z.object({
  /** Connection string; the path names the database. */
  url: z.string().regex(/^mongodb(\+srv)?:\/\/\S+$/, 'must start with mongodb:// or mongodb+srv://'),
  database: z.string().min(1).optional(),
  tls: z.object({ caFile: z.string().optional(), certificateKeyFile: z.string().optional() }).optional(),
  auth: z
    .object({
      username: z.string().min(1),
      password: z.string().min(1),
      source: z.string().default('admin'),
      mechanism: z.enum(['SCRAM-SHA-1', 'SCRAM-SHA-256']).optional(),
    })
    .optional(),
  /** Milliseconds to find a usable server. */
  serverSelectionTimeoutMs: z.number().int().positive().default(5_000),
  /** Milliseconds without an answer after which a connection that fell silent is given up; 60,000 unless given. */
  socketTimeoutMs: z.number().int().positive().optional(),
});

export type MongoConfig = z.output<typeof mongoConfigSchema>;

const file = z
  .string()
  .superRefine((path, context) => {
    const problem = fileProblem(path);
    if (problem) context.addIssue({ code: 'custom', message: problem });
  })
  .optional();

/** The environment variables of a service's configuration. */
export const mongoEnvironmentSchema = z
  .object({
    MONGO_URL: z.string({ error: 'must be a connection string, mongodb://host:port/database' }),
    MONGO_DATABASE: z.string().optional(),
    MONGO_TLS: z.enum(['true', 'false']).default('false'),
    MONGO_TLS_CA_FILE: file,
    MONGO_TLS_CERTIFICATE_KEY_FILE: file,
    MONGO_USERNAME: z.string().optional(),
    MONGO_PASSWORD: z.string().optional(),
    MONGO_AUTH_SOURCE: z.string().optional(),
  })
  .superRefine((variables, context) => {
    for (const [variable, message] of withoutEffect(variables)) {
      context.addIssue({ code: 'custom', path: [variable], message });
    }
  })
  .transform((variables, context): MongoConfig => {
    const parsed = mongoConfigSchema.safeParse({
      url: variables.MONGO_URL,
      database: variables.MONGO_DATABASE,
      tls:
        variables.MONGO_TLS === 'true'
          ? { caFile: variables.MONGO_TLS_CA_FILE, certificateKeyFile: variables.MONGO_TLS_CERTIFICATE_KEY_FILE }
          : undefined,
      auth: variables.MONGO_USERNAME
        ? {
            username: variables.MONGO_USERNAME,
            password: variables.MONGO_PASSWORD,
            source: variables.MONGO_AUTH_SOURCE,
          }
        : undefined,
    });
    if (parsed.success) return parsed.data;
    for (const { path, message } of parsed.error.issues) {
      const name =
        path[0] === 'auth' ? `MONGO_${String(path[1]).toUpperCase()}` : `MONGO_${String(path[0]).toUpperCase()}`;
      context.addIssue({ code: 'custom', path: [name], message });
    }
    return z.NEVER;
  });

/** Settings that would be passed over in silence, and the connection be less secure than meant. */
function withoutEffect(variables: Record<string, string | undefined>): [variable: string, rule: string][] {
  const given = (names: readonly string[]) => names.find((name) => variables[name] !== undefined);
  const tls = given(['MONGO_TLS_CA_FILE', 'MONGO_TLS_CERTIFICATE_KEY_FILE']);
  const auth = given(['MONGO_PASSWORD', 'MONGO_AUTH_SOURCE']);
  const problems: [string, string][] = [];
  if (tls && variables.MONGO_TLS === 'false') problems.push(['MONGO_TLS', `must be true where ${tls} is given`]);
  if (auth && !variables.MONGO_USERNAME) problems.push(['MONGO_USERNAME', `must be given with ${auth}`]);
  return problems;
}
