import { createHmac } from 'node:crypto';
import { openIncident } from '../../testing/alert.examples';
import { emailMessage } from './email.message';
import { resultOfSmtpError } from './email.channel';
import { pagerDutyEvent } from './pagerduty.event';
import { escapeSlack, slackMessage } from './slack.message';
import { webhookRequest } from './webhook.request';

const publicUrl = 'https://perennial.bank.example/';
const incident = openIncident();
const resolution = { by: 'credit-default/2026-01-05', at: '2026-01-05T02:00:00.000Z', summary: 'it passes' };
const resolved = openIncident({ state: 'resolved', resolution });
const links = [
  {
    href: 'https://perennial.bank.example/api/v1/cycles/credit-default/2026-01-04',
    text: 'Cycle credit-default/2026-01-04',
  },
  {
    href: 'https://perennial.bank.example/api/v1/alerts/credit-default.model-performance-failure.2026-01-04',
    text: 'Alert credit-default.model-performance-failure.2026-01-04',
  },
];

describe('PagerDuty Events v2', () => {
  const options = { routingKey: 'r'.repeat(32), publicUrl };

  it('triggers with the evidence', () => {
    expect(pagerDutyEvent(incident, 'trigger', options)).toEqual({
      routing_key: 'r'.repeat(32),
      event_action: 'trigger',
      dedup_key: 'credit-default/2026-01-04',
      payload: {
        summary: incident.summary,
        source: 'perennial/credit-default',
        severity: 'critical',
        timestamp: '2026-01-04T02:00:00.000Z',
        component: 'credit-default',
        group: 'perennial',
        class: 'MODEL_PERFORMANCE_FAILURE',
        custom_details: { alertId: incident.alertId, ...incident.details, occurrences: 1 },
      },
      links,
      client: 'Perennial',
      client_url: publicUrl,
    });
  });

  it.each(['acknowledge', 'resolve'] as const)('%ss by the same dedup key alone', (action) => {
    expect(pagerDutyEvent(incident, action, options)).toEqual({
      routing_key: 'r'.repeat(32),
      event_action: action,
      dedup_key: 'credit-default/2026-01-04',
    });
  });

  it('keeps summary and dedup key within their limits', () => {
    const long = openIncident({ summary: 's'.repeat(5000), dedupKey: 'd'.repeat(500) });
    const event = pagerDutyEvent(long, 'trigger', options) as { dedup_key: string; payload: { summary: string } };
    expect(event.payload.summary).toHaveLength(1024);
    expect(event.dedup_key).toHaveLength(255);
  });
});

interface SlackBlock {
  type: string;
  text?: { text: string };
  fields?: { text: string }[];
  elements?: { text: string }[];
}
const slack = (...parameters: Parameters<typeof slackMessage>) =>
  slackMessage(...parameters) as { text: string; blocks: SlackBlock[] };

describe('Slack', () => {
  it('shows threshold, scores and attempts, with links', () => {
    const { text, blocks } = slack(incident, 'trigger', publicUrl);
    expect(text).toContain('[CRITICAL] MODEL_PERFORMANCE_FAILURE credit-default: credit-default on 2026-01-04');
    expect(blocks.map(({ type }) => type)).toEqual(['header', 'section', 'section', 'context']);
    const fields = blocks[2]?.fields?.map((field) => field.text);
    expect(fields).toContain('*Threshold*\nf1 0.45');
    expect(fields).toContain('*Serving model*\n20260101_000000: 0.301 [0.271, 0.331]');
    expect(fields).toContain('*Attempt 2 (fine-tune-search)*\nfailed: TRAINING_DIVERGED: loss is not finite');
    expect(blocks[3]?.elements?.[0]?.text).toContain(`<${links[0]?.href}|${links[0]?.text}>`);
  });

  it('says what resolved it', () => {
    const { text, blocks } = slack(resolved, 'resolve');
    expect(text).toMatch(/^Resolved: \[CRITICAL\]/);
    expect(blocks[1]?.text?.text).toBe('it passes');
  });

  it('escapes control characters', () => {
    expect(escapeSlack('<!channel> & co')).toBe('&lt;!channel&gt; &amp; co');
    expect(slack(openIncident({ summary: '<!channel>' }), 'trigger').blocks[1]?.text?.text).toBe('&lt;!channel&gt;');
  });

  it('stays within the limits whatever the evidence', () => {
    const attempts = Array.from({ length: 10 }, (_, n) => ({
      ...{ attempt: n + 1, strategy: 'train', runId: 'r', score: null, failure: '<&>'.repeat(5000) },
    }));
    const occurrences = Array.from({ length: 400 }, (_, n) => ({
      key: `${n}`,
      at: 'now',
      summary: '&'.repeat(500),
      details: {},
    }));
    const details = { ...incident.details, attempts };
    const huge = openIncident({ summary: '&'.repeat(5000), details, occurrences, dedupKey: '<'.repeat(255) });
    const { text, blocks } = slack(huge, 'trigger', publicUrl);
    expect(blocks.length).toBeLessThanOrEqual(50);
    expect(blocks[0]?.text?.text.length).toBeLessThanOrEqual(150);
    for (const block of blocks) {
      expect(block.text?.text.length ?? 0).toBeLessThanOrEqual(3000);
      expect(block.fields?.length ?? 0).toBeLessThanOrEqual(10);
      for (const field of block.fields ?? []) expect(field.text.length).toBeLessThanOrEqual(2000);
    }
    expect(JSON.stringify(blocks).length).toBeLessThan(13_000);
    expect(text.length).toBeLessThanOrEqual(3000);
  });
});

describe('e-mail', () => {
  const options = { from: 'perennial@bank.example', to: ['oncall@bank.example'], publicUrl };

  it('carries the evidence as text', () => {
    const message = emailMessage(incident, 'trigger', options);
    expect(message.subject).toBe('[CRITICAL] MODEL_PERFORMANCE_FAILURE credit-default');
    expect(message.text).toContain('Attempt 1 (fine-tune): 0.400 [0.370, 0.430]');
    expect(message.text).toContain(links[0]?.href);
    expect(message.inReplyTo).toBeUndefined();
  });

  it('answers the alert when it is resolved', () => {
    const message = emailMessage(resolved, 'resolve', options);
    expect(message.inReplyTo).toBe(emailMessage(incident, 'trigger', options).messageId);
    expect(message.text).toContain('Resolved 2026-01-05T02:00:00.000Z by credit-default/2026-01-05: it passes');
  });

  it('is refused for good by a 5xx reply alone', () => {
    const outcomeOf = (error: object) => resultOfSmtpError(Object.assign(new Error('no'), error)).outcome;
    expect(outcomeOf({ responseCode: 550, code: 'EENVELOPE' })).toBe('refused');
    expect(outcomeOf({ responseCode: 451, code: 'EMESSAGE' })).toBe('unavailable');
    expect(outcomeOf({ responseCode: 535, code: 'EAUTH' })).toBe('unavailable');
    expect(outcomeOf({ code: 'ECONNREFUSED' })).toBe('unavailable');
  });
});

describe('webhook', () => {
  const now = Date.parse('2026-01-04T02:00:01.500Z');

  it('signs id, timestamp and body', () => {
    const secret = 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw';
    const { body, headers } = webhookRequest(incident, 'trigger', 'n-1', now, { secret, publicUrl });
    const key = Buffer.from('MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw', 'base64');
    const expected = createHmac('sha256', key).update(`n-1.1767492001.${body}`).digest('base64');
    expect(headers).toMatchObject({
      'webhook-id': 'n-1',
      'webhook-timestamp': '1767492001',
      'webhook-signature': `v1,${expected}`,
    });
    expect(JSON.parse(body)).toMatchObject({
      type: 'alert.trigger',
      timestamp: '2026-01-04T02:00:01.500Z',
      data: { alertId: incident.alertId, kind: 'MODEL_PERFORMANCE_FAILURE', links },
    });
  });

  it('takes a plain text secret as it is and signs nothing without one', () => {
    const { body, headers } = webhookRequest(incident, 'resolve', 'n-2', now, { secret: 'plain' });
    const expected = createHmac('sha256', 'plain').update(`n-2.1767492001.${body}`).digest('base64');
    expect(headers['webhook-signature']).toBe(`v1,${expected}`);
    expect(webhookRequest(incident, 'resolve', 'n-2', now, {}).headers).not.toHaveProperty('webhook-signature');
  });
});
