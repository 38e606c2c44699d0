import type { BrokerRecord, DeadLetter } from '@perennial/messaging';
import {
  fromDeadLetterRecord,
  fromRedriveRecord,
  toDeadLetterRecord,
  toRedriveRecord,
  withoutValue,
} from './dead-letter.record';

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

const bytes = (headers: Record<string, string | Buffer>) =>
  Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, Buffer.from(value)]));

const stored = (topic: string) => {
  const { headers, ...record } = toDeadLetterRecord(letter(topic));
  return {
    ...record,
    headers: bytes(headers),
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
      redriveOf: null,
      omittedBytes: null,
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
      headers: {
        ...record.headers,
        perennial_redrive_group: 'evaluator',
        perennial_redrive_letter: 'perennial.x.v1.dlq/0/5',
        perennial_redrive_attempts: '1',
      },
    });
  });

  it('counts the tries of a redrive that failed again with those before, and names the letter it was', () => {
    const { headers, topic } = toRedriveRecord(fromDeadLetterRecord(stored('perennial.x.v1')));
    const again = { ...letter(topic), attempts: 5 };
    again.record.headers = bytes(headers);
    const kept = { ...again.record, ...toDeadLetterRecord(again), partition: 0, offset: '6' };
    const second = fromDeadLetterRecord({ ...kept, headers: bytes(kept.headers) } as BrokerRecord);
    expect(second).toMatchObject({ attempts: 6, redriveOf: 'perennial.x.v1.dlq/0/5', id: 'perennial.x.v1.dlq/0/6' });
    expect(toRedriveRecord(second).headers).toMatchObject({
      perennial_redrive_letter: 'perennial.x.v1.dlq/0/6',
      perennial_redrive_attempts: '6',
    });
  });

  it.each(['many', '', '-1', '1e9', '99999999999'])('does not believe a producer who claims %s tries', (claimed) => {
    const forged = letter('perennial.x.v1');
    forged.record.headers.perennial_redrive_attempts = Buffer.from(claimed);
    expect(toDeadLetterRecord(forged).headers.perennial_dlq_attempts).toBe('1');
  });

  it('gives up the value, and long headers, where they are too large to be kept', () => {
    const large = letter('perennial.x.v1');
    large.record.value = Buffer.alloc(5_000_000);
    large.record.headers.long = Buffer.alloc(1_025);
    const { value, key, headers } = withoutValue(large);
    expect({ value, key }).toEqual({ value: null, key: large.record.key });
    expect(headers).toMatchObject({ perennial_dlq_omitted_bytes: '5000000', perennial_dlq_offset: '41' });
    expect(Object.keys(headers)).toContain('ce_id');
    expect(Object.keys(headers)).not.toContain('long');
    const kept = { ...large.record, value: null, key: null, headers: bytes(headers), topic: 'perennial.x.v1.dlq' };
    expect(fromDeadLetterRecord(kept)).toMatchObject({ omittedBytes: 5_000_000, code: 'INVALID_DATA' });
  });

  it('knows a redrive by the letter and the group it names', () => {
    const { topic, headers } = toRedriveRecord(fromDeadLetterRecord(stored('perennial.x.v1')));
    const at = { topic, partition: 3, offset: '12', key: null, value: null, timestamp: 0 };
    expect(fromRedriveRecord({ ...at, headers: bytes(headers) })).toEqual({
      ...{ letter: 'perennial.x.v1.dlq/0/5', group: 'evaluator', topic, partition: 3, offset: 12n },
    });
    expect(fromRedriveRecord({ ...at, headers: {} })).toBeNull();
  });
});
