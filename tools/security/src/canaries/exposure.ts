import { setTimeout as sleep } from 'node:timers/promises';
import type { Kafka } from 'kafkajs';

const everyTopic = /^perennial\..*/;
const quietMs = 2_000;

/** Everything on every topic, dead letters included: keys, headers and values. */
export async function textOfTopics(client: Kafka): Promise<string> {
  const parts: string[] = [];
  const consumer = client.consumer({ groupId: 'reader-of-everything' });
  await consumer.connect();
  await consumer.subscribe({ topic: everyTopic, fromBeginning: true });
  await consumer.run({
    eachMessage: async ({ topic, message: { key, value, headers } }) =>
      void parts.push(
        topic,
        String(key),
        String(value),
        ...Object.entries(headers ?? {})
          .flat()
          .map(String),
      ),
  });
  for (let before = -1; parts.length === 0 || before !== parts.length;) {
    before = parts.length;
    await sleep(quietMs);
  }
  await consumer.disconnect();
  return parts.join('\n');
}

const requests: readonly [path: string, init?: RequestInit][] = [
  ['/metrics'],
  ['/health/ready'],
  ['/health/live'],
  ['/nowhere?a=%00'],
  ['/predict', { method: 'POST', headers: { 'content-type': 'application/json' }, body: '{' }],
  [
    '/predict',
    { method: 'POST', headers: { 'content-type': 'application/json' }, body: '{"instances":[{"position":7}]}' },
  ],
  ['/predict', { method: 'POST', headers: { 'content-type': 'text/plain' }, body: 'x' }],
  [
    '/api/v1/datasets/leaks/days/2026-03-02/records',
    { method: 'POST', headers: { 'content-type': 'text/csv' }, body: 'a,a\n"' },
  ],
  ['/api/v1/datasets/leaks/days/2026-13-02'],
  ['/api/v1/models/leaks/versions/nothing'],
  ['/api/v1/cycles/leaks/never'],
  ['/api/v1/alerts'],
];

/** What a service answers to good and bad requests, with each of the credentials: status lines, headers and bodies. */
export async function textOfAnswers(url: string, credentials: readonly Record<string, string>[]): Promise<string> {
  const answers = await Promise.all(
    requests
      .flatMap((request) => credentials.map((headers) => [request, headers] as const))
      .map(async ([[path, init], headers]) => {
        const answer = await fetch(url + path, { ...init, headers: { ...init?.headers, ...headers } });
        return [path, answer.status, JSON.stringify([...answer.headers]), await answer.text()].join(' ');
      }),
  );
  return answers.join('\n');
}
