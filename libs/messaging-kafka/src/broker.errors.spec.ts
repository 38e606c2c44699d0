import { toMessagingError } from './broker.errors';

const kafkajs = (name: string, more: object = {}) => Object.assign(new Error('x'), { name, ...more });
const wrapped = (cause: Error) => kafkajs('KafkaJSNumberOfRetriesExceeded', { cause });

describe('broker errors', () => {
  it.each([
    ['a refused topic', kafkajs('KafkaJSProtocolError', { type: 'TOPIC_AUTHORIZATION_FAILED' }), 'BROKER_REJECTED'],
    ['a refused password', kafkajs('KafkaJSSASLAuthenticationError'), 'BROKER_ACCESS_DENIED'],
    ['a refused mechanism', kafkajs('X', { type: 'UNSUPPORTED_SASL_MECHANISM' }), 'BROKER_ACCESS_DENIED'],
    ['an expired certificate', kafkajs('KafkaJSConnectionError', { code: 'CERT_HAS_EXPIRED' }), 'BROKER_TLS_FAILED'],
  ])('%s will be refused again', (_, error, code) => {
    for (const each of [error, wrapped(error)]) {
      expect(toMessagingError(each, 'act')).toMatchObject({ code, retryable: false });
    }
  });

  it('everything else: the broker is away', () => {
    const error = wrapped(kafkajs('KafkaJSConnectionError', { code: 'ECONNREFUSED' }));
    expect(toMessagingError(error, 'act')).toMatchObject({ code: 'BROKER_UNAVAILABLE', retryable: true });
  });

  it('names the code of TLS and the variables to check', () => {
    const error = wrapped(kafkajs('KafkaJSConnectionError', { code: 'CERT_HAS_EXPIRED' }));
    expect(toMessagingError(error, 'act')).toMatchObject({
      message: expect.stringContaining('KAFKA_SSL_CA_FILE'),
      details: { tls: 'CERT_HAS_EXPIRED' },
    });
  });
});
