import { createHmac } from 'node:crypto';
import type { DataOf, cycleSkippedV1, rolloutCompletedV1, rolloutFailedV1 } from '@perennial/contracts';
import { emailChannel } from '../infrastructure/channels/email.channel';
import { pagerDutyChannel } from '../infrastructure/channels/pagerduty.channel';
import { slackChannel } from '../infrastructure/channels/slack.channel';
import { webhookChannel } from '../infrastructure/channels/webhook.channel';
import { at, exhaustedOn, keptOn } from '../testing/alert.examples';
import { AlertingFlow } from '../testing/alerting.flow';
import { HttpSink, SmtpSink } from '../testing/local.sinks';

const alertId = 'credit-default.model-performance-failure.2026-01-04';
const routingKey = 'k'.repeat(32);
const secret = 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw';

let sink: HttpSink;
let flow: AlertingFlow;
const timing = { timeoutMs: 5000, now: () => flow.now };
const pagerduty = () => pagerDutyChannel({ ...timing, url: sink.url('/v2/enqueue'), routingKey });
const slack = () => slackChannel({ ...timing, url: sink.url('/slack') });
const webhook = () => webhookChannel({ ...timing, url: sink.url('/hook'), secret });

const exhausted = (day: string, id?: string) =>
  flow.handle((signal) => flow.watch.attemptsExhausted(signal), exhaustedOn(day), at(day), id);
const kept = (day: string) => flow.handle((signal) => flow.watch.cycleEndedWell(signal), keptOn(day), at(day));
const actions = () => sink.bodies().map((body) => body['event_action'] ?? body['type']);

beforeEach(async () => {
  sink = await new HttpSink().up();
});
afterEach(() => sink.down());

describe('an incident on its way to PagerDuty', () => {
  beforeEach(() => {
    flow = new AlertingFlow([pagerduty()]);
  });

  it('is one page, however many days fail and however often they are delivered', async () => {
    for (const day of ['2026-01-04', '2026-01-04', '2026-01-05']) await exhausted(day);
    await exhausted('2026-01-05', 'the same cycle in another event');
    await flow.deliverDue();
    await flow.deliverDue();
    expect(actions()).toEqual(['trigger']);
    expect(sink.bodies()[0]).toMatchObject({ routing_key: routingKey, dedup_key: 'credit-default/2026-01-04' });
    expect(flow.alerts.alerts.get(alertId)?.incident.occurrences).toHaveLength(2);
    expect(flow.announced()).toEqual(['alert-raised', 'notification-sent']);
  });

  it('is resolved by the next good day under the same key', async () => {
    await exhausted('2026-01-04');
    await flow.deliverDue();
    await kept('2026-01-05');
    await flow.deliverDue();
    expect(actions()).toEqual(['trigger', 'resolve']);
    expect(new Set(sink.bodies().map((body) => body['dedup_key']))).toEqual(new Set(['credit-default/2026-01-04']));
    expect(flow.announced()).toEqual(['alert-raised', 'alert-resolved', 'notification-sent', 'notification-sent']);
  });

  it('pages again for a failure after the recovery', async () => {
    await exhausted('2026-01-03');
    await kept('2026-01-04');
    await exhausted('2026-01-05');
    await flow.deliverDue();
    await flow.deliverDue();
    expect(
      sink
        .bodies()
        .map((body) => `${body['event_action']} ${body['dedup_key']}`)
        .sort(),
    ).toEqual([
      'resolve credit-default/2026-01-03',
      'trigger credit-default/2026-01-03',
      'trigger credit-default/2026-01-05',
    ]);
  });

  it('loses nothing and keeps its order while the sink is down', async () => {
    await sink.down();
    await exhausted('2026-01-04');
    await flow.deliverDue();
    await kept('2026-01-05');
    for (let tries = 0; tries < 12; tries++) {
      flow.now += 60_000;
      await flow.deliverDue();
    }
    expect(flow.states()).toEqual({ 'pagerduty trigger': 'pending', 'pagerduty resolve': 'pending' });
    await sink.up();
    flow.now += 60_001;
    await flow.deliverDue();
    flow.now += 60_001;
    await flow.deliverDue();
    expect(actions()).toEqual(['trigger', 'resolve']);
    expect(flow.states()).toEqual({ 'pagerduty trigger': 'sent', 'pagerduty resolve': 'sent' });
  });

  it('waits as long as a 429 asks', async () => {
    sink.answer = () => ({ status: 429, headers: { 'retry-after': '30' } });
    await exhausted('2026-01-04');
    expect(await flow.deliverDue()).toBe(1);
    sink.answer = () => ({ status: 202 });
    flow.now += 29_999;
    expect(await flow.deliverDue()).toBe(0);
    flow.now += 1;
    expect(await flow.deliverDue()).toBe(1);
    expect(flow.states()).toEqual({ 'pagerduty trigger': 'sent' });
  });

  it('tries a 500 again', async () => {
    sink.answer = () => ({ status: sink.received.length < 3 ? 500 : 202 });
    await exhausted('2026-01-04');
    for (let tries = 0; tries < 3; tries++) {
      await flow.deliverDue();
      flow.now += 60_000;
    }
    expect(sink.received).toHaveLength(3);
    expect(flow.tries).toEqual(['pagerduty unavailable', 'pagerduty unavailable', 'pagerduty delivered']);
    expect(flow.announced()).toEqual([
      'alert-raised',
      'notification-failed',
      'notification-failed',
      'notification-sent',
    ]);
    expect(flow.notifications.notifications.get(`${alertId}.pagerduty.trigger`)?.notification.tries).toBe(3);
  });

  it('is not ended while a trigger that got no answer may still arrive, and page again', async () => {
    sink.answer = () => (sink.received.length === 1 ? null : { status: 202 });
    await exhausted('2026-01-04');
    const triedAt = flow.now;
    await flow.deliverDue();
    await kept('2026-01-05');
    flow.now += 60_000;
    await flow.deliverDue();
    flow.now = triedAt + 119_999;
    await flow.deliverDue();
    expect(actions()).toEqual(['trigger', 'trigger']);
    flow.now = triedAt + 120_001;
    await flow.deliverDue();
    expect(actions()).toEqual(['trigger', 'trigger', 'resolve']);
    expect(flow.tries).toEqual(['pagerduty unanswered', 'pagerduty delivered', 'pagerduty delivered']);
  });

  it('gives up on a 400, and then has nothing to resolve', async () => {
    sink.answer = () => ({ status: 400, body: '{"status":"invalid event"}' });
    await exhausted('2026-01-04');
    await flow.deliverDue();
    await kept('2026-01-05');
    await flow.deliverDue();
    expect(sink.received).toHaveLength(1);
    expect(flow.states()).toEqual({ 'pagerduty trigger': 'failed', 'pagerduty resolve': 'skipped' });
    const failure = JSON.parse(flow.unitOfWork.outbox[0]?.value ?? '{}') as object;
    expect(failure).toMatchObject({ final: true, tries: 1, reason: 'HTTP 400: {"status":"invalid event"}' });
  });

  it('is acknowledged by a person once', async () => {
    await exhausted('2026-01-04');
    await flow.deliverDue();
    await flow.acknowledge.run(alertId, 'ann');
    expect(await flow.acknowledge.run(alertId, 'bob')).toMatchObject({ acknowledgement: { by: 'ann' } });
    await flow.deliverDue();
    await kept('2026-01-05');
    await flow.deliverDue();
    expect(actions()).toEqual(['trigger', 'acknowledge', 'resolve']);
    await expect(flow.acknowledge.run(alertId, 'ann')).rejects.toMatchObject({ code: 'ALERT_RESOLVED', status: 409 });
    await expect(flow.acknowledge.run('other', 'ann')).rejects.toMatchObject({ code: 'ALERT_NOT_FOUND', status: 404 });
  });
});

describe('the other kinds', () => {
  const skipped = (day: string, reason: 'data-quality' | 'insufficient-data'): DataOf<typeof cycleSkippedV1> => ({
    ...{ cycleId: `credit-default/${day}`, pipeline: 'credit-default', day, reason, details: ['nulls'] },
  });
  const skip = (day: string, reason: 'data-quality' | 'insufficient-data') =>
    flow.handle((signal) => flow.watch.cycleSkipped(signal), skipped(day, reason), at(day));
  const open = () =>
    [...flow.alerts.alerts.values()]
      .filter(({ incident }) => incident.state !== 'resolved')
      .map(({ incident }) => incident.kind);

  beforeEach(() => {
    flow = new AlertingFlow([slack()]);
  });

  it('bad data warns; too few rows neither warns nor resolves; the next judged day resolves', async () => {
    await skip('2026-01-03', 'insufficient-data');
    expect(flow.alerts.alerts.size).toBe(0);
    await skip('2026-01-04', 'data-quality');
    await skip('2026-01-05', 'insufficient-data');
    expect(open()).toEqual(['DATA_QUALITY_FAILURE']);
    await exhausted('2026-01-06');
    expect(open()).toEqual(['MODEL_PERFORMANCE_FAILURE']);
  });

  it('a failed rollout stays open through its rollback and ends with the next promotion', async () => {
    const rollout = { pipeline: 'credit-default', version: '20260104_000000', cycleId: 'credit-default/2026-01-04' };
    const failed = { ...rollout, rolloutId: 'r-2', sequence: 2, reason: 'timeout', replicas: ['a'], restored: 'v1' };
    const completed = (sequence: number, kind: 'promotion' | 'rollback') =>
      ({ ...rollout, rolloutId: `r-${sequence}`, sequence, kind }) as DataOf<typeof rolloutCompletedV1>;
    await flow.handle(
      (s) => flow.watch.rolloutFailed(s),
      failed satisfies DataOf<typeof rolloutFailedV1>,
      at('2026-01-04'),
    );
    await flow.handle((s) => flow.watch.rolloutCompleted(s), completed(3, 'rollback'), at('2026-01-05'));
    expect(open()).toEqual(['DEPLOYMENT_FAILURE']);
    await flow.handle((s) => flow.watch.rolloutCompleted(s), completed(4, 'promotion'), at('2026-01-06'));
    expect(open()).toEqual([]);
  });

  it('a failed rollback that completes after all ends its incident', async () => {
    const rollout = {
      pipeline: 'credit-default',
      version: '20260104_000000',
      cycleId: null,
      rolloutId: 'r-3',
      sequence: 3,
    };
    const failed = { ...rollout, reason: 'timeout', replicas: ['a'], restored: null };
    const completed = { ...rollout, kind: 'rollback' } as DataOf<typeof rolloutCompletedV1>;
    await flow.handle((s) => flow.watch.rolloutFailed(s), failed, at('2026-01-04'));
    await flow.handle((s) => flow.watch.rolloutCompleted(s), completed, at('2026-01-05'));
    expect(open()).toEqual([]);
  });
});

describe('the other channels', () => {
  it('Slack gets blocks', async () => {
    flow = new AlertingFlow([slack()]);
    await exhausted('2026-01-04');
    await flow.deliverDue();
    expect(sink.received[0]).toMatchObject({ path: '/slack', headers: { 'content-type': 'application/json' } });
    expect(sink.bodies()[0]).toMatchObject({ text: expect.stringContaining('MODEL_PERFORMANCE_FAILURE') });
  });

  it('a webhook gets a signature over id, timestamp and body, with the same id on every try', async () => {
    flow = new AlertingFlow([webhook()]);
    sink.answer = () => ({ status: sink.received.length === 1 ? 500 : 204 });
    await exhausted('2026-01-04');
    await flow.deliverDue();
    flow.now += 60_000;
    await flow.deliverDue();
    const key = Buffer.from(secret.slice('whsec_'.length), 'base64');
    for (const { headers, body } of sink.received) {
      const signed = `${headers['webhook-id']}.${headers['webhook-timestamp']}.${body}`;
      expect(headers['webhook-signature']).toBe(`v1,${createHmac('sha256', key).update(signed).digest('base64')}`);
    }
    const ids = sink.received.map(({ headers }) => headers['webhook-id']);
    expect(ids).toEqual([`${alertId}.webhook.trigger`, `${alertId}.webhook.trigger`]);
  });

  it('e-mail gets a thread, waits out a 4xx reply and gives up on a 5xx', async () => {
    const smtp = await new SmtpSink().up();
    const address = { from: 'perennial@bank.example', to: ['oncall@bank.example', 'risk@bank.example'] };
    const email = emailChannel({ smtpUrl: smtp.url(), ...address, timeoutMs: 5000 });
    try {
      flow = new AlertingFlow([email]);
      smtp.refuse = { code: 451, text: 'try later' };
      await exhausted('2026-01-04');
      await flow.deliverDue();
      expect(flow.states()).toEqual({ 'email trigger': 'pending' });
      smtp.refuse = null;
      flow.now += 60_000;
      await flow.deliverDue();
      await kept('2026-01-05');
      await flow.deliverDue();
      expect(smtp.received).toHaveLength(2);
      expect(smtp.received[0]).toMatchObject(address);
      expect(smtp.received[0]?.raw).toContain('Subject: [CRITICAL] MODEL_PERFORMANCE_FAILURE credit-default');
      // Long headers are folded over two lines.
      expect(smtp.received[1]?.raw).toMatch(/In-Reply-To:\s+<\S+\.2026-01-04\.trigger@perennial>/);
      smtp.refuse = { code: 550, text: 'no such user' };
      await exhausted('2026-01-06');
      await flow.deliverDue();
      const last = flow.notifications.notifications.get(
        'credit-default.model-performance-failure.2026-01-06.email.trigger',
      );
      expect(last?.notification).toMatchObject({ state: 'failed', tries: 1 });
    } finally {
      email.close?.();
      await smtp.down();
    }
  });

  it('a route to a channel that is not configured is recorded as skipped and stops nobody else', async () => {
    flow = new AlertingFlow([slack()], ['pagerduty', 'slack']);
    await exhausted('2026-01-04');
    await flow.deliverDue();
    expect(flow.states()).toEqual({ 'pagerduty trigger': 'skipped', 'slack trigger': 'sent' });
  });

  it('a pipeline that is not declared here is left to the installation that knows it', async () => {
    flow = new AlertingFlow([slack()]);
    await flow.handle((s) => flow.watch.attemptsExhausted(s), exhaustedOn('2026-01-04', 'other'), at('2026-01-04'));
    expect(flow.alerts.alerts.size).toBe(0);
  });

  it('one sink that is down holds up no other', async () => {
    const dead = pagerDutyChannel({ ...timing, url: 'http://127.0.0.1:1/v2/enqueue', routingKey });
    flow = new AlertingFlow([dead, slack()]);
    await exhausted('2026-01-04');
    await flow.deliverDue();
    expect(flow.states()).toEqual({ 'pagerduty trigger': 'pending', 'slack trigger': 'sent' });
  });
});
