import type { ListedDeadLetter } from '@perennial/messaging-kafka';
import { instantText } from './figures';
import type { Style } from './style';
import { indented, pairs, table } from './table';

const headerTexts = ({ record }: ListedDeadLetter): Record<string, string> =>
  Object.fromEntries(Object.entries(record.headers).map(([name, value]) => [name, value.toString('utf8')]));

/** As JSON: key, value and headers as text. */
export function deadLetterView(letter: ListedDeadLetter) {
  const { record, failedAt, ...rest } = letter;
  const { topic, partition, offset, key, value } = record;
  const origin = { topic, partition, offset };
  const text = { key: key?.toString('utf8') ?? null, value: value?.toString('utf8') ?? null };
  return { ...rest, failedAt: failedAt.toISOString(), origin, ...text, headers: headerTexts(letter) };
}

export const deadLettersTable = (letters: readonly ListedDeadLetter[]): string =>
  table(letters, [
    { title: 'ID', value: ({ id }) => id },
    { title: 'GROUP', value: ({ group }) => group },
    { title: 'CODE', value: ({ code }) => code },
    { title: 'ATTEMPTS', align: 'right', value: ({ attempts }) => attempts },
    { title: 'STATE', value: ({ state }) => state },
    { title: 'FAILED', value: ({ failedAt }) => instantText(failedAt) },
    { title: 'MESSAGE', value: ({ message }) => (message.length > 60 ? `${message.slice(0, 59)}…` : message) },
  ]);

export function deadLetterText(letter: ListedDeadLetter, style: Style): string {
  const { id, group, code, message, attempts, failedAt, record, state, redriveOf } = letter;
  const facts = pairs([
    ['state', state],
    ['group', group],
    ['error', `${code}: ${message}`],
    ['attempts', attempts],
    ['failed', instantText(failedAt)],
    ['origin', `${record.topic}/${record.partition}/${record.offset}`],
    ['redrive of', redriveOf ?? undefined],
    ['key', record.key?.toString('utf8')],
  ]);
  const headers = pairs(Object.entries(headerTexts(letter)));
  const missing = letter.omittedBytes === null ? '(no value)' : `(${letter.omittedBytes} bytes, too large to be kept)`;
  const value = record.value?.toString('utf8') ?? missing;
  return [style('strong', id), indented(facts), indented(headers), indented(value)].join('\n\n');
}
