import { deadLetterTopicContract, retryTopicContract } from '../companion-topics';
import type { EventContract } from '../define';
import type { Topics } from './asyncapi';

const DAY = 24 * 60 * 60 * 1000;
const retention = (ms: number): string => (ms < 0 ? 'for ever' : `${ms / DAY} days`);
const row = (cells: (string | number)[]): string => `| ${cells.join(' | ')} |`;

/** TOPICS.md: every topic and event in the order in which a day's data passes them. */
export function topicsPage(topics: Topics, contracts: readonly EventContract[]): string {
  const all = Object.values(topics);
  const companions = all[0] ? [retryTopicContract(all[0]), deadLetterTopicContract(all[0])] : [];
  const [retry, dead] = companions;
  return [
    '# Topics and events',
    '',
    'Generated from the schemas by `npm run contracts:publish`.',
    '',
    row(['topic', 'written by', 'key', 'partitions', 'kept', 'clean-up']),
    row(['---', '---', '---', '---', '---', '---']),
    ...all.map((topic) =>
      row([
        `\`${topic.name}\``,
        topic.producers.join(', '),
        topic.key,
        topic.partitions,
        retention(topic.retentionMs),
        topic.cleanupPolicy,
      ]),
    ),
    '',
    `Each topic has \`<topic>.retry\` (as many partitions, kept ${retention(retry?.retentionMs ?? 0)}) and ` +
      `\`<topic>.dlq\` (${dead?.partitions ?? 0} partition, kept ${retention(dead?.retentionMs ?? 0)}).`,
    '',
    ...all.flatMap((topic) => [
      `## ${topic.name}`,
      '',
      topic.description,
      '',
      row(['event', 'CloudEvents type', 'schema']),
      row(['---', '---', '---']),
      ...contracts
        .filter((contract) => contract.topic === topic)
        .map(({ title, type }) => row([title, `\`${type}\``, `[${type}.schema.json](${type}.schema.json)`])),
      '',
    ]),
  ].join('\n');
}
