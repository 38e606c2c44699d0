import { fileProblem } from '@perennial/transport-security';
import { z } from 'zod';
import { integer, list, url } from '../config/fields';

const file = z.string().superRefine((path, context) => {
  const message = fileProblem(path);
  if (message) context.addIssue({ code: 'custom', message });
});

/** Signatures by key pairs: with a shared secret whoever can check a token could make one. */
const algorithms = ['RS256', 'RS384', 'RS512', 'PS256', 'PS384', 'PS512', 'ES256', 'ES384', 'ES512', 'EdDSA'] as const;

const fields = z.object({
  HOST: z.string().default('127.0.0.1').describe('Address the service listens on'),
  ACCESS: z
    .enum(['none'], { error: 'must be none, or left out' })
    .optional()
    .describe('none: anybody who can reach the service may ask it everything'),
  ACCESS_KEYS_FILE: file.optional().describe('API keys that are accepted, as `perennial key` writes them'),
  ACCESS_TOKEN_ISSUER: url.optional().describe('Tokens of this OpenID Connect issuer are accepted'),
  ACCESS_TOKEN_AUDIENCE: list.optional().describe('What tokens must be for'),
  ACCESS_TOKEN_KEYS_URL: url.optional().describe('Where the keys of the issuer are; default: as its discovery says'),
  ACCESS_TOKEN_ALGORITHMS: list
    .pipe(z.array(z.enum(algorithms, { error: `must be among ${algorithms.join(', ')}` })))
    .default(['RS256', 'PS256', 'ES256', 'EdDSA']),
  ACCESS_TOKEN_SCOPE_CLAIM: z.string().min(1).default('scope').describe('Claim with the scopes; a.b is b within a'),
  ACCESS_TOKEN_SCOPE_PREFIX: z
    .string()
    .default('')
    .describe('Taken off the scopes of a token; those without it are ignored'),
  ACCESS_TOKEN_NAME_CLAIM: z.string().min(1).default('sub').describe('Claim that goes on record as who decided'),
  ACCESS_TOKEN_CLOCK_TOLERANCE_SECONDS: integer(0, 600).default(30),
  ACCESS_RATE_PER_SECOND: integer(1, 1_000_000).optional().describe('Requests of one credential, in the long run'),
  ACCESS_RATE_BURST: integer(1, 1_000_000)
    .optional()
    .describe('Requests of one credential at once; default: those of a second'),
  ACCESS_METRICS: z.enum(['open', 'scoped']).default('scoped').describe('Whether /metrics needs the scope metrics'),
  ACCESS_RELOAD_SECONDS: integer(1, 3_600).default(10).describe('How often keys and certificates are read again'),
  SERVICE_KEY_FILE: file.optional().describe('The key that this service gives to the others'),
  TLS_CERT_FILE: file.optional().describe('PEM file of the certificate, and those between it and its authority'),
  TLS_KEY_FILE: file.optional().describe('PEM file of its unencrypted key'),
  TLS_CLIENT_CA_FILE: file.optional().describe('PEM file of the authority whose certificates clients must have'),
  TLS_CLIENT_CERTIFICATES: z
    .enum(['required', 'except-health'])
    .default('required')
    .describe('except-health: probes of HTTP need none'),
});

type Fields = z.output<typeof fields>;

const loopback = /^(localhost|127(\.\d{1,3}){3}|::1|\[::1\])$/;
export const isLoopback = (host: string): boolean => loopback.test(host);

/** Whoever listens to more than this machine must say who may ask. */
const exposed = ({ HOST }: Fields): string =>
  `must be decided, as HOST ${HOST} can be reached from elsewhere: set ACCESS_KEYS_FILE (\`perennial key create\` makes ` +
  'it) or ACCESS_TOKEN_ISSUER with ACCESS_TOKEN_AUDIENCE, or ACCESS=none where something before it decides who may ask';

const secure = (address: string): boolean => {
  const { protocol, hostname } = new URL(address);
  return protocol === 'https:' || (protocol === 'http:' && isLoopback(hostname));
};

type Rule = (config: Fields) => [variable: keyof Fields, rule: string] | undefined;

const needs =
  (given: keyof Fields, needed: keyof Fields): Rule =>
  (config) =>
    config[given] !== undefined && config[needed] === undefined ? [needed, `is needed with ${given}`] : undefined;

const rules: readonly Rule[] = [
  (config) => {
    const { ACCESS, ACCESS_KEYS_FILE: keys, ACCESS_TOKEN_ISSUER: issuer, HOST } = config;
    if (ACCESS === undefined && keys === undefined && issuer === undefined && !isLoopback(HOST))
      return ['ACCESS', exposed(config)];
    const other = keys === undefined ? 'ACCESS_TOKEN_ISSUER' : 'ACCESS_KEYS_FILE';
    return ACCESS && (keys ?? issuer) !== undefined ? ['ACCESS', `must be left out with ${other}`] : undefined;
  },
  needs('ACCESS_TOKEN_ISSUER', 'ACCESS_TOKEN_AUDIENCE'),
  needs('ACCESS_TOKEN_AUDIENCE', 'ACCESS_TOKEN_ISSUER'),
  needs('ACCESS_TOKEN_KEYS_URL', 'ACCESS_TOKEN_ISSUER'),
  needs('ACCESS_RATE_BURST', 'ACCESS_RATE_PER_SECOND'),
  needs('TLS_CERT_FILE', 'TLS_KEY_FILE'),
  needs('TLS_KEY_FILE', 'TLS_CERT_FILE'),
  needs('TLS_CLIENT_CA_FILE', 'TLS_CERT_FILE'),
  ...(['ACCESS_TOKEN_ISSUER', 'ACCESS_TOKEN_KEYS_URL'] as const).map(
    (variable): Rule =>
      (config) =>
        config[variable] === undefined || secure(config[variable])
          ? undefined
          : [variable, 'must be an https URL: whoever changes the answer could make tokens'],
  ),
];

export const accessConfigSchema = fields.superRefine((config, context) => {
  for (const rule of rules) {
    const problem = rule(config);
    if (problem) context.addIssue({ code: 'custom', path: [problem[0]], message: problem[1] });
  }
});

export type AccessConfig = z.output<typeof accessConfigSchema>;
