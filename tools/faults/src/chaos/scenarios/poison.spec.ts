import { topics } from '@perennial/contracts';
import { type BrokerRecord, decodeEnvelope } from '@perennial/messaging';
import { announced, manifestMistakes } from './poison.days';
import { poisonedEvents } from './poison.events';
import { expectedLetters } from './poison.fates';
import { poisonHeader } from './poison.message';
import { poisonedRecords } from './poison.records';

const all = [...poisonedRecords('p', '2026-03-02'), ...poisonedEvents('p')];

describe('poison', () => {
  it('goes to every topic, each message under a name of its own', () => {
    const reached = new Set(all.map(({ record }) => record.topic));
    expect([...reached].sort()).toEqual(
      Object.values(topics)
        .map(({ name }) => name)
        .sort(),
    );
    expect(new Set(all.map(({ name }) => name)).size).toBe(all.length);
    for (const { name, record } of all) expect(record.headers[poisonHeader]).toBe(`p/${name}`);
  });

  it('is as readable as its fate says', () => {
    for (const { record, fate, name } of all) {
      if (!('deadLetter' in fate) || !fate.deadLetter.startsWith('MALFORMED')) continue;
      const headers = Object.fromEntries(Object.entries(record.headers).map(([key, text]) => [key, Buffer.from(text)]));
      const value = record.value === null ? null : Buffer.from(record.value);
      const received = { ...record, headers, value, key: null, partition: 0, offset: '0', timestamp: 0 };
      const read = () => decodeEnvelope(received as BrokerRecord);
      expect({ name, error: codeOfThrown(read) }).toEqual({ name, error: fate.deadLetter });
    }
  });

  it('is a dead letter of every group that cannot pass it by', () => {
    const letters = expectedLetters('p', all);
    expect(letters).toContain(`p/broken-json on ${topics.cycles.name} → trainer: MALFORMED_DATA`);
    expect(letters).toContain('p/invalid perennial.evaluation.v1.model-promoted → alerting: INVALID_DATA');
    expect(letters.filter((each) => each.includes('model-promoted'))).toHaveLength(2);
    expect(letters.some((each) => each.includes('run-progressed'))).toBe(false);
  });
});

const codeOfThrown = (work: () => unknown): string => {
  try {
    work();
    return 'none';
  } catch (error) {
    return (error as { code: string }).code;
  }
};

describe('a mistaken manifest', () => {
  it.each<[(typeof manifestMistakes)[number], unknown]>([
    ['right', { manifests: [100], closing: { closedBy: 'manifest', complete: true, expected: 100 } }],
    ['too-few', { manifests: [75], closing: { closedBy: 'manifest', complete: true, expected: 75 } }],
    ['too-many', { manifests: [125], closing: { closedBy: 'grace', complete: false, expected: 125 } }],
    ['twice', { manifests: [100, 100], closing: { closedBy: 'manifest', complete: true, expected: 100 } }],
    ['contradicting', { manifests: [150, 100], closing: { closedBy: 'manifest', complete: true, expected: 100 } }],
  ])('%s', (mistake, expected) => expect(announced(mistake, 100)).toEqual(expected));
});
