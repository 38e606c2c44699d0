import type { Privileges } from '@perennial/service';
import { userOf } from './platform.privileges';

const shortTopic = (topic: string): string => topic.replace(/^perennial\./, '');

/** Topics by what is done to them: `Read: a, b`, one line each. */
function byOperation(privileges: Privileges): string[] {
  const names = new Map<string, string[]>();
  for (const { topic, operations } of privileges.topics) {
    const how = operations.join(', ');
    names.set(how, [...(names.get(how) ?? []), shortTopic(topic)]);
  }
  return [...names].map(([how, topics]) => `${how}: ${topics.join(', ')}`).sort();
}

function lines(privileges: Privileges): string[] {
  const groups = privileges.groups.map(
    ({ group, pattern, operations }) => `${operations.join(', ')}: ${group}${pattern === 'prefixed' ? '*' : ''}`,
  );
  const owned = privileges.collections.filter(({ access }) => access === 'own').map(({ collection }) => collection);
  const read = privileges.collections.filter(({ access }) => access === 'read').map(({ collection }) => collection);
  const section = (title: string, items: string[]) =>
    items.length > 0 ? [title, ...items.map((item) => `  ${item}`)] : [];
  return [
    ...section('topics (perennial.…)', byOperation(privileges)),
    ...section('consumer groups', groups),
    ...section('collections', [
      ...(owned.length > 0 ? [`own: ${owned.join(', ')}`] : []),
      ...(read.length > 0 ? [`find: ${read.join(', ')}`] : []),
    ]),
  ];
}

/** For a person at the terminal. */
export const privilegeText = (all: readonly Privileges[]): string =>
  all.map((each) => [userOf(each), ...lines(each).map((line) => `  ${line}`)].join('\n')).join('\n\n');

/** Short names for the page: companions of a topic follow it in one cell. */
function markdownTopics(privileges: Privileges, operation: string): string {
  const names = privileges.topics.filter(({ operations }) => operations.some((each) => each === operation));
  return names.map(({ topic }) => `\`${shortTopic(topic)}\``).join(' ');
}

/** The page's table: what each user may do, generated, so that it cannot differ from the code. */
export function privilegeMarkdown(all: readonly Privileges[]): string {
  const rows = all.map((each) => [
    `\`${userOf(each)}\``,
    markdownTopics(each, 'Read'),
    markdownTopics(each, 'Write'),
    each.groups.map(({ group, pattern }) => `\`${group}${pattern === 'prefixed' ? '*' : ''}\``).join(' '),
    each.collections
      .filter(({ access }) => access === 'own')
      .map(({ collection }) => `\`${collection}\``)
      .join(' '),
    each.collections
      .filter(({ access }) => access === 'read')
      .map(({ collection }) => `\`${collection}\``)
      .join(' '),
  ]);
  const head = [
    'user',
    'reads (`perennial.…`)',
    'writes (`perennial.…`)',
    'groups',
    'own collections',
    'reads of others',
  ];
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`;
  return [line(head), line(head.map(() => '---')), ...rows.map(line)].join('\n');
}
