import { kafkaConfigSchema } from './kafka.config';
import { kafkaEnvironmentSchema } from './kafka.environment';

const problems = (variables: Record<string, string>) =>
  kafkaEnvironmentSchema.safeParse(variables).error?.issues.map(({ path, message }) => `${path.join('.')}: ${message}`);

describe('Kafka configuration', () => {
  it('reads brokers, SASL and TLS from the environment', () => {
    const parsed = kafkaEnvironmentSchema.parse({
      KAFKA_BROKERS: 'a:9092, b:9093',
      KAFKA_SSL: 'true',
      KAFKA_SASL_MECHANISM: 'scram-sha-512',
      KAFKA_SASL_USERNAME: 'u',
      KAFKA_SASL_PASSWORD: 'p',
    });
    expect(parsed).toMatchObject({
      brokers: ['a:9092', 'b:9093'],
      ssl: {},
      sasl: { mechanism: 'scram-sha-512', username: 'u', password: 'p' },
      replicationFactor: -1,
    });
  });

  it('names the variable and the rule', () => {
    expect(problems({})).toEqual(['KAFKA_BROKERS: must be host:port, several separated by commas']);
    expect(problems({ KAFKA_BROKERS: 'http://x' })).toEqual(['KAFKA_BROKERS: must be host:port']);
    expect(problems({ KAFKA_BROKERS: 'a:1', KAFKA_SASL_MECHANISM: 'plain', KAFKA_SASL_USERNAME: 'u' })?.[0]).toMatch(
      /^KAFKA_SASL_PASSWORD: /,
    );
  });

  it('takes the session timeout of consumers', () => {
    const timeoutOf = (text?: string) =>
      kafkaEnvironmentSchema.parse({ KAFKA_BROKERS: 'a:1', KAFKA_SESSION_TIMEOUT_MS: text }).sessionTimeoutMs;
    expect(timeoutOf('6000')).toBe(6_000);
    expect(timeoutOf()).toBeUndefined();
    expect(problems({ KAFKA_BROKERS: 'a:1', KAFKA_SESSION_TIMEOUT_MS: '10' })).toEqual([
      'KAFKA_SESSION_TIMEOUT_MS: must be at least 1000',
    ]);
  });

  it('takes the mechanism as Java writes it', () => {
    const parsed = kafkaEnvironmentSchema.parse({
      KAFKA_BROKERS: 'a:1',
      KAFKA_SASL_MECHANISM: 'SCRAM-SHA-256',
      KAFKA_SASL_USERNAME: 'u',
      KAFKA_SASL_PASSWORD: 'p',
    });
    expect(parsed.sasl?.mechanism).toBe('scram-sha-256');
  });

  it('refuses settings that would have no effect', () => {
    expect(problems({ KAFKA_BROKERS: 'a:1', KAFKA_SSL_CA_FILE: __filename })).toEqual([
      'KAFKA_SSL: must be true where KAFKA_SSL_CA_FILE is given',
    ]);
    expect(problems({ KAFKA_BROKERS: 'a:1', KAFKA_SASL_PASSWORD: 'p' })).toEqual([
      'KAFKA_SASL_MECHANISM: must be plain, scram-sha-256 or scram-sha-512 where KAFKA_SASL_PASSWORD is given',
    ]);
  });

  it('refuses files that are missing or hold no certificate', () => {
    const tls = { KAFKA_BROKERS: 'a:1', KAFKA_SSL: 'true' };
    expect(problems({ ...tls, KAFKA_SSL_CA_FILE: '/missing/ca.pem' })).toEqual([
      'KAFKA_SSL_CA_FILE: must name a file that can be read (ENOENT)',
    ]);
    expect(problems({ ...tls, KAFKA_SSL_CA_FILE: __filename })).toEqual([
      'KAFKA_SSL_CA_FILE: must hold a certificate in PEM format',
    ]);
  });

  it('refuses a certificate without its key', () => {
    const parsed = kafkaConfigSchema.safeParse({ brokers: ['a:1'], ssl: { cert: 'x' } });
    expect(parsed.error?.issues.map(({ message }) => message)).toContain('cert and key belong together');
  });
});
