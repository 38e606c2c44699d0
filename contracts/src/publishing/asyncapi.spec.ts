import { Parser } from '@asyncapi/parser';
import { z } from 'zod';
import { events } from '../catalogue';
import { withCompanions } from '../companion-topics';
import { defineEvent } from '../define';
import { topics } from '../topics';
import { asyncApiText, deriveAsyncApi } from './asyncapi';

const contracts = [...events.values()];

test('the document is valid AsyncAPI 3.0', async () => {
  const { document, diagnostics } = await new Parser().parse(asyncApiText(topics, contracts));
  expect(diagnostics.filter(({ severity }) => severity === 0)).toEqual([]);
  expect(document?.version()).toBe('3.0.0');
  expect(document?.messages().all().length).toBeGreaterThanOrEqual(contracts.length);
}, 60_000);

test('the parser refuses a document that breaks the specification', async () => {
  const broken = asyncApiText(topics, contracts).replace('action: send', 'action: shout');
  const { diagnostics } = await new Parser().parse(broken);
  expect(diagnostics.filter(({ severity }) => severity === 0)).not.toEqual([]);
}, 60_000);

test('every topic is a channel, with its retry and dead-letter topic', () => {
  const { channels } = deriveAsyncApi(topics, contracts);
  const addresses = Object.values(channels).map((channel) => (channel as { address: string }).address);
  expect(addresses).toEqual(Object.values(topics).flatMap((topic) => withCompanions(topic).map(({ name }) => name)));
});

test('a topic carries its partitions, retention and clean-up policy', () => {
  const { channels } = deriveAsyncApi(topics, contracts);
  expect(channels['replicas']).toMatchObject({
    bindings: {
      kafka: { partitions: 4, topicConfiguration: { 'cleanup.policy': ['compact'], 'retention.ms': -1 } },
    },
  });
});

test('every producing service has an operation for each topic it writes to', () => {
  const event = defineEvent({
    subsystem: 'probe',
    name: 'thing-happened',
    version: 1,
    title: 'Thing happened',
    topic: { ...topics.records, producers: ['outside producers', 'one', 'two'] },
    schema: z.object({ a: z.string() }),
    key: ({ a }) => a,
  });
  const { operations } = deriveAsyncApi({ things: event.topic }, [event]);
  expect(Object.entries(operations).map(([id, { action }]) => [id, action])).toEqual([
    ['things.receive', 'receive'],
    ['one.send.things', 'send'],
    ['two.send.things', 'send'],
  ]);
  expect(operations['one.send.things']?.messages).toEqual([
    { $ref: '#/channels/things/messages/probe.v1.thing-happened' },
  ]);
});
