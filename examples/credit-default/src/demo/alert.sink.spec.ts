import { AlertSink } from './alert.sink';

const post = (url: string, body: string) => fetch(url, { method: 'POST', body });

describe('the alert sink', () => {
  let sink: AlertSink;
  let news = 0;
  const address = (variable: string) => sink.environment[variable] as string;

  beforeAll(async () => (sink = await AlertSink.start(() => news++)));
  afterAll(() => sink.stop());

  it('answers as PagerDuty and Slack do, and keeps what came', async () => {
    const page = await post(address('PAGERDUTY_URL'), '{"event_action":"trigger"}');
    const message = await post(address('SLACK_WEBHOOK_URL'), '{"text":"hello"}');
    expect([page.status, message.status, await message.text()]).toEqual([202, 200, 'ok']);
    expect(sink.received).toMatchObject([
      { channel: 'pagerduty', body: { event_action: 'trigger' } },
      { channel: 'slack', body: { text: 'hello' } },
    ]);
    expect(news).toBe(2);
  });

  it('refuses what is not JSON and other addresses', async () => {
    expect((await post(address('PAGERDUTY_URL'), 'oops')).status).toBe(400);
    expect((await post(`${sink.url}/elsewhere`, '{}')).status).toBe(404);
    expect(sink.received).toHaveLength(2);
  });

  it('has a routing key of the length that PagerDuty gives', () => {
    expect(address('PAGERDUTY_ROUTING_KEY')).toHaveLength(32);
  });
});
