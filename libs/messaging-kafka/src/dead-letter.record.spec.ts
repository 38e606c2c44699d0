import type { DeadLetter } from '@perennial/messaging';
import { fromDeadLetterRecord, toDeadLetterRecord, toRedriveRecord } from './dead-letter.record';

const letter = (topic: string): DeadLetter => ({
  record: {
    topic,
    partition: 2,
    offset: '41',
    key: Buffer.from([0, 255]),
    value: Buffer.from([1, 254]),
    headers: { ce_id: Buffer.from('e1'), binary: Buffer.from([128]) },
    timestamp: 1234,
  },
  group: 'evaluator',
  code: 'INVALID_DATA',
  message: 'data.size = 0: too small',
  attempts: 1,
  failedAt: new Date('2026-01-01T00:00:00Z'),
});

const stored = (topic: string) => {
  const { headers, ...record } = toDeadLetterRecord(letter(topic));
  const bytes = Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, Buffer.from(value)]));
  return {
    ...record,
    headers: bytes,
    key: record.key as Buffer,
    value: record.value as Buffer,
    partition: 0,
    offset: '5',
    timestamp: 9,
  };
};

describe('dead letter on Kafka', () => {
  it('reads back everything about the original record', () => {
    expect(fromDeadLetterRecord(stored('perennial.x.v1'))).toEqual({
      id: 'perennial.x.v1.dlq/0/5',
      ...letter('perennial.x.v1'),
    });
  });

  it('keeps one dead-letter topic for a topic and its retry topic', () => {
    expect(toDeadLetterRecord(letter('perennial.x.v1.retry')).topic).toBe('perennial.x.v1.dlq');
  });

  it('redrives the original record to the retry topic, addressed to the group that failed', () => {
    const { record } = letter('perennial.x.v1');
    expect(toRedriveRecord(fromDeadLetterRecord(stored('perennial.x.v1')))).toEqual({
      topic: 'perennial.x.v1.retry',
      key: record.key,
      value: record.value,
      headers: { ...record.headers, perennial_redrive_group: 'evaluator' },
    });
  });
});
