import type { CycleDetail } from '../client/platform.views';
import { isPlatformGroup, sumByTopic } from '../kafka/group.lag';
import { alertText } from './alert.text';
import { cycleText } from './cycle.text';
import { deadLetterText, deadLetterView } from './dead-letter.text';
import { LiveText } from './live.text';
import { rolloutText } from './rollout.text';
import { searchText } from './search.text';
import { statusText } from './status.text';
import { plain } from './style';

const interval = (value: number) => ({ value, low: value - 0.05, high: value + 0.05 });
const metrics = (f1: number) => ({
  f1: interval(f1),
  precision: interval(0.4),
  recall: interval(0.5),
  rocAuc: interval(0.7),
});
const verdict = (passed: boolean) => ({ metric: 'f1', averaging: 'binary', threshold: 0.45, passed });

const cycle: CycleDetail = {
  cycleId: 'credit/2026-01-03',
  pipeline: 'credit',
  day: '2026-01-03',
  status: 'promoted',
  incumbent: '20260101_000000',
  attempts: 2,
  queuedAt: '2026-01-03T10:00:00.000Z',
  updatedAt: '2026-01-03T10:05:00.000Z',
  correlationId: 'c-1',
  batch: { rows: 3000, labelledRows: 2990 },
  gate: { metric: 'f1', averaging: 'binary', threshold: 0.45, minimumRows: 1000 },
  judgements: [
    { role: 'incumbent', attempt: 0, judgement: { holdoutRows: 900, metrics: metrics(0.24), verdict: verdict(false) } },
    { role: 'candidate', attempt: 2, judgement: { holdoutRows: 900, metrics: metrics(0.49), verdict: verdict(true) } },
  ],
  attemptStates: [
    { attempt: 1, strategy: 'fine-tune', runId: 'r1', failure: 'ONE_CLASS: all labels are equal', batches: [] },
    { attempt: 2, strategy: 'train', runId: 'r2', failure: null, batches: [] },
  ],
  events: [{ sequence: 1, type: 'cycle-started', at: '2026-01-03T10:00:01.000Z', data: {} }],
};

describe('a cycle', () => {
  const lines = cycleText(cycle, plain).split('\n');
  const line = (start: string) => lines.find((each) => each.trim().startsWith(start));

  it('shows each model with its score, interval and verdict', () => {
    expect(line('incumbent  -')).toMatch(/0\.240 \[0\.190, 0\.290\] .*failed \(below 0\.45\)$/);
    expect(line('attempt 2')).toMatch(/train +0\.490 \[0\.440, 0\.540\] .*passed \(at least 0\.45\)$/);
  });

  it('shows why an attempt gave no candidate', () => expect(line('attempt 1')).toMatch(/all labels are equal$/));

  it('shows what it was judged on and the course', () => {
    expect(line('data')).toContain('3,000 rows, 2,990 labelled, 900 held out');
    expect(lines.at(-1)).toBe('  2026-01-03 10:00:01Z  cycle-started');
  });

  it('that was skipped says why', () => {
    const data = { reason: 'data-quality', details: ['failure: row count is 5, below the limit of 200'] };
    const at = '2026-01-03T10:00:01.000Z';
    const skipped = { ...cycle, status: 'skipped', events: [{ sequence: 1, type: 'cycle-skipped', at, data }] };
    expect(cycleText(skipped, plain)).toMatch(/why +data-quality: failure: row count is 5, below the limit of 200\n/);
    expect(lines.some((each) => each.trim().startsWith('why'))).toBe(false);
  });

  it('that has just begun is shown as well', () => {
    const begun = {
      ...cycle,
      status: 'queued',
      gate: null,
      batch: null,
      judgements: [],
      attemptStates: [],
      events: [],
    };
    expect(cycleText(begun, plain)).toContain('verdict         queued');
  });
});

describe('the status', () => {
  const url = 'http://127.0.0.1:1';
  const service = {
    service: 'trainer' as const,
    url,
    pid: 7,
    restarts: 2,
    ready: false,
    problems: { broker: 'is away' },
  };
  const text = statusText(
    {
      services: [service],
      lag: {
        value: [
          { group: 'trainer', topic: 't', lag: 0 },
          { group: 'evaluator', topic: 't', lag: 5 },
        ],
      },
      deployments: { error: 'no answer' },
      cycles: { value: [cycle] },
      alerts: { value: [] },
      deadLetters: { value: 3 },
    },
    plain,
  );

  it('says why a service is not ready', () => expect(text).toMatch(/trainer +not ready .* 7 +2 +broker: is away/));
  it('lists groups that lag only', () => expect(text).toMatch(/GROUP +TOPIC +LAG\n +evaluator +t +5\n/));
  it('says which part cannot be read', () => expect(text).toContain('Serving\n  cannot be read: no answer'));
  it('says what there is none of', () => expect(text).toContain('Open alerts\n  none'));
  it('counts dead letters', () => expect(text).toContain('Dead letters\n  3'));
});

it('an alert shows its facts and who was told', () => {
  const text = alertText(
    {
      ...{ alertId: 'a1', pipeline: 'credit', kind: 'MODEL_PERFORMANCE_FAILURE', severity: 'critical', state: 'open' },
      ...{ summary: 'too low', openedAt: '2026-01-03T10:00:00.000Z', resolution: null, acknowledgement: null },
      details: { threshold: 0.45 },
      occurrences: [{ key: 'credit/2026-01-04', at: '2026-01-04T10:00:00.000Z', summary: 'still too low' }],
      notifications: [{ channel: 'slack', action: 'trigger', state: 'failed', tries: 3, reason: 'no answer' }],
    },
    plain,
  );
  expect(text).toMatch(/threshold +0\.45/);
  expect(text).toMatch(/2026-01-04 10:00:00Z +still too low/);
  expect(text).toMatch(/slack +trigger +failed +3 +no answer/);
});

it('a dead letter shows origin, error, headers and value', () => {
  const letter = {
    ...{ id: 't.dlq/0/1', group: 'trainer', code: 'INVALID_DATA', message: 'bad', attempts: 3, failedAt: new Date(0) },
    ...{ state: 'open' as const, redriveOf: 't.dlq/0/0', omittedBytes: null },
    record: {
      ...{ topic: 't', partition: 2, offset: '9', key: Buffer.from('k'), value: Buffer.from('{"a":1}'), timestamp: 0 },
      headers: { ce_type: Buffer.from('x') },
    },
  };
  expect(deadLetterText(letter, plain)).toMatch(
    /state +open[^]*origin +t\/2\/9[^]*redrive of +t\.dlq\/0\/0[^]*ce_type +x[^]*\{"a":1\}/,
  );
  expect(deadLetterView(letter)).toMatchObject({
    origin: { topic: 't', offset: '9' },
    key: 'k',
    headers: { ce_type: 'x' },
  });
});

describe('consumer groups', () => {
  it.each([
    ['trainer', '', true],
    ['ingestion.perennial.ingestion.records.v1', '', true],
    ['trainer-two', '', false],
    ['trainer-two', '-two', true],
    ['trainer', '-two', false],
    ['elsewhere', '', false],
  ])('%s with suffix "%s": %s', (group, suffix, ours) => expect(isPlatformGroup(group, suffix)).toBe(ours));

  it('sum their partitions', () => {
    const lag = (partition: number, count: number) => ({
      group: 'g',
      topic: 't',
      partition,
      committed: '0',
      end: '9',
      lag: count,
    });
    expect(sumByTopic([lag(0, 2), lag(1, 3)])).toEqual([{ group: 'g', topic: 't', lag: 5 }]);
  });
});

describe('a search', () => {
  const trial = {
    kind: 'mlp',
    parameters: { dropout: 0.123456, hidden: [8, 4] },
    share: 1,
    seconds: 3,
    claims: 1,
    failure: null,
  };
  const trials = [
    { ...trial, trial: 2, state: 'done' as const, score: 0.78125 },
    { ...trial, trial: 3, state: 'running' as const, score: null, share: 1 / 3, seconds: 0, claims: 2 },
    { ...trial, trial: 4, state: 'waiting' as const, score: null, seconds: 0, claims: 0 },
    { ...trial, trial: 1, state: 'failed' as const, score: null, failure: 'all labels are equal' },
  ];
  const board = { metric: 'rocAuc', budget: { trials: 9, seconds: 60 }, ended: null, trials };

  it('is a board with what was tried, what is under way and why something failed', () => {
    const [head, first, second, waiting, third, last] = searchText(board, plain).split('\n');
    expect(head).toContain('ROCAUC');
    expect(first).toMatch(/^ +2 +0\.78125 +done +100 % .*mlp +dropout 0\.123, hidden \[8,4\]$/);
    expect(second).toMatch(/^ +3 .* running again +33 %/);
    expect(waiting).toMatch(/^ +4 .* waiting /);
    expect(third).toMatch(/failed .*all labels are equal$/);
    expect(last).toBe('4 of 9 trials');
  });

  it('replaces what a terminal showed, and writes nothing elsewhere', () => {
    const written: string[] = [];
    const write = (text: string) => written.push(text);
    const live = new LiveText({ isTTY: true, write });
    live.update('a\nb');
    live.update('c');
    live.clear();
    expect(written).toEqual(['a\nb\n', '\u001b[2A\u001b[J', 'c\n', '\u001b[1A\u001b[J']);
    new LiveText({ write }).update('a');
    expect(written).toHaveLength(4);
  });
});

describe('a rollout', () => {
  const arms = [
    { name: 'stable', version: 'v1', weight: 95 },
    { name: 'candidate', version: 'v2', weight: 5 },
  ];
  const counted = { requests: 40, errors: 2, p50Ms: 0.9, p99Ms: 4.1, labels: 12, f1: 0.5 };
  const lines = rolloutText(
    {
      ...{ pipeline: 'credit', phase: 'rolling', strategy: 'canary', step: { current: 0, of: 3 } },
      ...{ serving: 'v1', desired: null, waiting: null, replicas: [] },
      traffic: { sequence: 2, arms, shadows: ['v0'], changedAt: '2026-01-03T10:00:00.000Z' },
      observed: {
        arms: [{ name: 'candidate', ...counted }],
        shadows: [{ version: 'v0', compared: 9, errors: 0, dropped: 3, disagreements: 1, meanDistance: 0.125 }],
        findings: [{ rule: 'error-share', breached: true, text: '0.05 of 40 requests failed' }],
      },
      history: [{ at: '2026-01-03T10:00:00.000Z', type: 'traffic-changed', by: 'ana', reason: 'try', arms }],
    },
    plain,
  ).split('\n');

  it('shows its step, who answers how much and how well, and why', () => {
    expect(lines[0]).toBe('credit  rolling (canary, step 1 of 3)');
    expect(lines.find((line) => line.includes('candidate'))).toMatch(/v2 +5 % +40 +2 +0\.9 +4\.1 +12 +0\.500$/);
    expect(lines.find((line) => line.trim().startsWith('v0'))).toMatch(/9 +1 +0\.125 +0 +3$/);
    expect(lines).toContain('  error-share: 0.05 of 40 requests failed');
    expect(lines.at(-1)).toMatch(/traffic-changed +v1:95 v2:5 +ana: try$/);
  });
});
