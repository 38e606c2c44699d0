import { demoEnvironment } from './demo.environment';

it('keeps the caller’s variables but those that would change the story', () => {
  const inherited = { PATH: '/bin', LOG_LEVEL: 'debug', F1_THRESHOLD: '0.9', EPOCHS: '1', KAFKA_BROKERS: 'a:1' };
  const more = { MONGO_URL: 'mongodb://x', GROUP_SUFFIX: 'x', PAGERDUTY_URL: 'https://real', PIPELINES: 'y' };
  expect(demoEnvironment({ ...inherited, ...more }, { PAGERDUTY_URL: 'http://sink' })).toEqual({
    ...{ PATH: '/bin', LOG_LEVEL: 'debug', PAGERDUTY_URL: 'http://sink' },
  });
});
