import { certificateProblem, keyPairProblem } from '@perennial/transport-security';
import { z } from 'zod';

const broker = z.string().regex(/^[^\s:/]+:\d{1,5}$|^\[[0-9a-fA-F:]+\]:\d{1,5}$/, 'must be host:port');

const certificate = z.string().superRefine((pem, context) => {
  const problem = certificateProblem(pem);
  if (problem) context.addIssue({ code: 'custom', message: problem });
});

const ssl = z
  .object({ ca: certificate.optional(), cert: certificate.optional(), key: z.string().optional() })
  .superRefine(({ cert, key }, context) => {
    if ((cert === undefined) !== (key === undefined)) {
      context.addIssue({ code: 'custom', message: 'cert and key belong together' });
    }
    const problem = cert !== undefined && key !== undefined && keyPairProblem(cert, key);
    if (problem) context.addIssue({ code: 'custom', path: ['key'], message: problem });
  });

/** Certificates are PEM text. */
export const kafkaConfigSchema = z.object({
  brokers: z.array(broker).min(1, 'must name at least one broker as host:port'),
  clientId: z.string().min(1).default('perennial'),
  /** Absent: plain TCP. An empty object: TLS with the system's authorities. */
  ssl: ssl.optional(),
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
