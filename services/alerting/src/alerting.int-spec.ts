import { randomUUID } from 'node:crypto';
import {
  alertRaisedV1,
  alertResolvedV1,
  attemptsExhaustedV1,
  modelKeptV1,
  notificationFailedV1,
  notificationSentV1,
  topics,
} from '@perennial/contracts';
import { emit } from '@perennial/messaging';
import { eventually, startForTest, type ServiceUnderTest } from '@perennial/service-testing';
import { alertingService } from './service';
import { exhaustedOn, keptOn } from './testing/alert.examples';
import { HttpSink, SmtpSink } from './testing/local.sinks';

const pipeline = `p-${randomUUID().slice(0, 8)}`;
const declaration = `
apiVersion: perennial/v1
kind: Pipeline
name: ${pipeline}
dataset:
  recordId: id
  target: { column: y, positive: 1 }
  columns: [{ name: id, type: string }, { name: x, type: number }, { name: y, type: integer }]
reference: { day: '2026-01-01' }
alerts: { routes: { critical: [pagerduty, slack, email, webhook], warning: [slack] } }
`;
const mine = (data: { pipeline: string }): boolean => data.pipeline === pipeline;
const alertId = `${pipeline}.model-performance-failure.2026-01-04`;

describe('alerting', () => {
  const pagerduty = new HttpSink();
  const slack = new HttpSink();
  const webhook = new HttpSink();
  const smtp = new SmtpSink();
  let service: ServiceUnderTest;

  beforeAll(async () => {
    await Promise.all([pagerduty.up(), slack.up(), webhook.up(), smtp.up()]);
    service = await startForTest(alertingService, {
      env: {
        KAFKA_BROKERS: process.env.KAFKA_BROKERS,
        MONGO_URL: process.env.MONGO_URL,
        PAGERDUTY_ROUTING_KEY: 'k'.repeat(32),
        PAGERDUTY_URL: pagerduty.url('/v2/enqueue'),
        SLACK_WEBHOOK_URL: slack.url('/services/x'),
        SMTP_URL: smtp.url(),
        ALERT_EMAIL_FROM: 'perennial@bank.example',
        ALERT_EMAIL_TO: 'oncall@bank.example',
        WEBHOOK_URL: webhook.url('/hook'),
        WEBHOOK_SECRET: 'a secret of the test',
        PUBLIC_URL: 'https://perennial.bank.example',
        NOTIFICATION_POLL_MS: '50',
        NOTIFICATION_BACKOFF_MS: '50',
        NOTIFICATION_BACKOFF_MAXIMUM_MS: '200',
      },
      pipelines: [declaration],
      record: [topics.alerts],
    });
  }, 120_000);

  afterAll(async () => {
    await service?.close();
    await Promise.all([pagerduty.down(), slack.down(), webhook.down(), smtp.down()]);
  }, 60_000);

  const get = async (path: string) => {
    const response = await fetch(`${service.url}/api/v1/alerts${path}`);
    return { status: response.status, body: (await response.json()) as Record<string, unknown> };
  };
  /** Topics are shared with other tests, whose pipelines are told of as well. */
  const about = (sink: { received: { body: string }[] }) => sink.received.filter(({ body }) => body.includes(pipeline));
  const pages = () => about(pagerduty).map(({ body }) => JSON.parse(body) as Record<string, unknown>);
  const mails = () => smtp.received.filter(({ raw }) => raw.includes(pipeline));
  const sent = (action: string, channels: number) =>
    service.recorder.wait(notificationSentV1, (data) => mine(data) && data.action === action, channels);

  it('pages once for a message delivered three times, while one sink is down', async () => {
    await slack.down();
    await service.publish(emit(attemptsExhaustedV1, exhaustedOn('2026-01-04', pipeline)), { times: 3 });
    await sent('trigger', 3);
    await service.recorder.wait(notificationFailedV1, mine, 2);
    await service.publish(emit(attemptsExhaustedV1, exhaustedOn('2026-01-05', pipeline)));
    await eventually(async () => {
      const { occurrences } = (await get(`/${alertId}`)).body as { occurrences: unknown[] };
      return occurrences.length === 2 || undefined;
    });
    expect(service.recorder.of(alertRaisedV1, mine)).toHaveLength(1);
    expect([pages(), about(webhook), mails()].map(({ length }) => length)).toEqual([1, 1, 1]);
    expect(pages()[0]).toMatchObject({
      event_action: 'trigger',
      dedup_key: `${pipeline}/2026-01-04`,
      payload: { severity: 'critical', class: 'MODEL_PERFORMANCE_FAILURE', custom_details: { threshold: 0.45 } },
      links: [{ href: `https://perennial.bank.example/api/v1/cycles/${pipeline}/2026-01-04` }, {}],
    });
  }, 90_000);

  it('delivers what was pending after a restart, once the sink is back', async () => {
    await service.restart();
    await slack.up();
    await sent('trigger', 4);
    expect(about(slack)).toHaveLength(1);
    expect(pages()).toHaveLength(1);
  }, 90_000);

  it('shows and acknowledges the alert', async () => {
    expect((await get(`?pipeline=${pipeline}&state=open`)).body).toMatchObject({ alerts: [{ alertId }] });
    expect((await get('/none')).body).toMatchObject({ error: { code: 'ALERT_NOT_FOUND' } });
    expect(await get('?state=strange')).toMatchObject({ status: 400, body: { error: { code: 'INVALID_REQUEST' } } });
    const acknowledge = (body: string) => {
      const headers = { 'content-type': 'application/json' };
      return fetch(`${service.url}/api/v1/alerts/${alertId}/acknowledge`, { method: 'POST', headers, body });
    };
    expect((await acknowledge('{}')).status).toBe(400);
    expect((await acknowledge('{"by":"ann"}')).status).toBe(200);
    await eventually(() => pages().some((body) => body.event_action === 'acknowledge') || undefined);
    expect((await get(`/${alertId}`)).body).toMatchObject({ state: 'acknowledged', acknowledgement: { by: 'ann' } });
  }, 60_000);

  it('resolves on every channel when the model holds again', async () => {
    const correlationId = service.recorder.of(alertRaisedV1, mine)[0]?.correlationid;
    await service.publish(emit(modelKeptV1, keptOn('2026-01-06', pipeline)), { times: 3 });
    const resolved = await sent('resolve', 4);
    expect(new Set(resolved.map((event) => event.correlationid))).toEqual(new Set([correlationId]));
    expect(service.recorder.of(alertResolvedV1, mine)).toHaveLength(1);
    expect(pages().map((body) => body.event_action)).toEqual(['trigger', 'acknowledge', 'resolve']);
    expect(about(slack)).toHaveLength(2);
    expect(mails()).toHaveLength(2);
    expect((await get(`/${alertId}`)).body).toMatchObject({
      state: 'resolved',
      resolution: { by: `${pipeline}/2026-01-06` },
    });
  }, 60_000);
});
