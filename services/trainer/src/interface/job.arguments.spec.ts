import { jobArguments } from './job.arguments';

it('takes a run, or the one whose turn it is', () => {
  const none = { outcome: null, variables: {} };
  expect(jobArguments(['run', '--run-id', 'rain.1'])).toEqual({ runId: 'rain.1', ...none });
  expect(jobArguments(['run', '--next'])).toEqual({ runId: null, ...none });
  expect(jobArguments(['run', '--next', '--outcome', 'o.json'])).toMatchObject({ outcome: 'o.json' });
  expect(jobArguments(['--help'])).toBe('help');
});

it('names the variables that its options stand for', () => {
  const options = ['--store', 'mongodb://a', '--brokers=b:1,c:2', '--feature-store', 'http://f'];
  expect(
    jobArguments(['run', '--next', ...options, '--preprocessing', 'http://p', '--pipelines', 'x.yaml']),
  ).toMatchObject({
    variables: {
      MONGO_URL: 'mongodb://a',
      KAFKA_BROKERS: 'b:1,c:2',
      FEATURE_STORE_URL: 'http://f',
      PREPROCESSING_URL: 'http://p',
      PIPELINES: 'x.yaml',
    },
  });
});

it.each([
  [[], 'the command is run'],
  [['train'], 'the command is run, not "train"'],
  [['run', 'rain.1'], 'the command is run, not "run rain.1"'],
  [['run'], 'give either --run-id or --next'],
  [['run', '--run-id', 'rain.1', '--next'], 'give either --run-id or --next'],
  [['run', '--run-id', ''], '--run-id must not be empty'],
  [['run', '--runid', 'rain.1'], "Unknown option '--runid'"],
])('refuses %j', (given, problem) => {
  expect(jobArguments(given)).toEqual({ problem: expect.stringContaining(problem) });
});
