import type { ReceivedAlert } from './alert.sink';
import { alertOf, type DemoReport, type ReportedDay, shortcomingsOf } from './demo.report';
import { daysTable } from './demo.summary';
import { incidentOfDay, incidentsOf } from './incident';

const page = (action: string, at: string, key = 'credit-default/2026-01-04'): ReceivedAlert => ({
  ...{ channel: 'pagerduty', at },
  body: {
    ...{ event_action: action, dedup_key: key },
    payload: { summary: 'F1 0.3 is below 0.45', severity: 'critical', class: 'MODEL_PERFORMANCE_FAILURE' },
  },
});

const reported = (day: string, verdict: ReportedDay['verdict'], change: Partial<ReportedDay> = {}): ReportedDay => ({
  ...{ day, rows: 10, rejected: 0, verdict, attempts: 0, incumbent_f1: 0.5, candidate_f1: null, version: 'v1' },
  ...{ alert: null, ...change },
});

const [incident] = incidentsOf([page('trigger', 't1'), page('resolve', 't2')]);

const good: DemoReport = {
  days: [
    reported('2026-01-02', 'kept', { rejected: 5 }),
    reported('2026-01-03', 'promoted'),
    reported('2026-01-04', 'exhausted', { alert: alertOf(incident) }),
    reported('2026-01-05', 'promoted'),
  ],
  seconds: { total: 60 },
  predictions: { answered: 100, failed: 0, reasons: {}, versions: { v1: 100 } },
  guarantees: { proved: 30, violated: [], unchecked: [] },
};

const withDay = (index: number, change: Partial<ReportedDay>): DemoReport => ({
  ...good,
  days: good.days.map((day, at) => (at === index ? { ...day, ...change } : day)),
});

describe('what must hold of the demo', () => {
  it('holds', () => {
    expect(shortcomingsOf(good)).toEqual([]);
    expect(shortcomingsOf(withDay(3, { verdict: 'kept' }))).toEqual([]);
  });

  it.each([
    ['a wrong verdict', withDay(0, { verdict: 'promoted' }), '2026-01-02 must be kept, was promoted'],
    ['a day without verdict', { ...good, days: good.days.slice(0, 3) }, 'day 4 has no verdict'],
    ['a page that did not come', withDay(2, { alert: null }), 'the alert of 2026-01-04 was not received'],
    ['a second page', withDay(1, { alert: alertOf(incident) }), '2026-01-03 raised an alert'],
    ['no quarantined record', withDay(0, { rejected: 0 }), 'no malformed record was quarantined'],
    [
      'an open alert',
      withDay(2, { alert: alertOf(incidentsOf([page('trigger', 't1')])[0]) }),
      'the alert of 2026-01-04 was not resolved',
    ],
    [
      'a failed prediction',
      { ...good, predictions: { ...good.predictions, failed: 2, reasons: { 'status 503': 2 } } },
      '2 predictions failed: 2 × status 503',
    ],
    [
      'a broken guarantee',
      { ...good, guarantees: { ...good.guarantees, violated: ['outbox-drains'] } },
      'outbox-drains is violated',
    ],
    ['no prediction', { ...good, predictions: { ...good.predictions, answered: 0 } }, 'no prediction was answered'],
  ])('does not hold with %s', (_, report, shortcoming) => {
    expect(shortcomingsOf(report)).toContain(shortcoming);
  });
});

describe('incidents', () => {
  it('are told apart by key, paged once and resolved once', () => {
    const other = 'credit-default/2026-01-05';
    const incidents = incidentsOf([
      ...[page('trigger', 't1'), page('trigger', 't2'), page('resolve', 't3'), page('resolve', 't4')],
      ...[page('resolve', 't5', other), { ...page('trigger', 't6', other), channel: 'slack' as const }],
    ]);
    expect(incidents).toHaveLength(1);
    expect(incidentOfDay(incidents, '2026-01-04')).toMatchObject({ triggeredAt: 't1', resolvedAt: 't3' });
    expect(incidentOfDay(incidents, '2026-01-05')).toBeUndefined();
  });
});

it('lines the days up', () => {
  const [titles, first] = daysTable(good.days).split('\n') as [string, string];
  expect(first.indexOf('kept')).toBe(titles.indexOf('verdict'));
  expect(daysTable(good.days)).toContain('paged, resolved');
});
