import { z } from 'zod';
import { defineEvent, type TopicContract } from '../define';
import { topics } from '../topics';
import { deriveArtifacts, stalePublications } from './artifacts';
import { thawedVersions } from './frozen';
import { withdrawn } from './withdrawn';
import { versionProblems } from './versions';

function version(number: number, schema: z.ZodObject, topic: TopicContract = topics.records) {
  return defineEvent({
    subsystem: 'probe',
    name: 'thing-happened',
    version: number,
    title: 'Thing happened',
    topic,
    schema,
    key: () => 'key',
  });
}

const v1 = version(1, z.object({ a: z.string().describe('first') }));
const derived = deriveArtifacts(topics, [v1]);
const schemaName = `${v1.type}.schema.json`;

describe('published files equal what the contracts derive', () => {
  test('nothing is reported when they do', () => expect(stalePublications(derived, derived)).toEqual([]));

  test('a missing file', () => {
    const published = new Map([...derived].filter(([name]) => name !== schemaName));
    expect(stalePublications(derived, published)).toEqual([expect.stringContaining(`${schemaName} is not published`)]);
  });

  test('a file that was edited by hand', () => {
    const published = new Map([...derived, ['asyncapi.yaml', 'asyncapi: 3.0.0\n'] as const]);
    expect(stalePublications(derived, published)).toEqual([expect.stringContaining('asyncapi.yaml differs')]);
  });

  test('a file that no contract derives', () => {
    const published = new Map([...derived, ['old.schema.json', '{}'] as const]);
    expect(stalePublications(derived, published)).toEqual([expect.stringContaining('old.schema.json is published')]);
  });
});

describe('published versions are frozen', () => {
  const committed = (schema: z.ZodObject) => [
    { name: schemaName, commit: 'c0ffee', text: deriveArtifacts(topics, [version(1, schema)]).get(schemaName) ?? '' },
  ];

  test('the same schema in other words passes', () => {
    expect(thawedVersions(derived, committed(z.object({ a: z.string().describe('other words') })))).toEqual([]);
  });

  test('a changed rule is reported with the commit', () => {
    expect(thawedVersions(derived, committed(z.object({ a: z.string().min(1) })))).toEqual([
      expect.stringMatching(/differs from commit c0ffee/),
    ]);
  });

  test('a compatible change is still a change', () => {
    const older = committed(z.object({ a: z.string(), b: z.string().optional() }));
    expect(thawedVersions(derived, older)).toHaveLength(1);
  });

  test('a property named description is no wording', () => {
    const older = committed(z.object({ a: z.string(), description: z.string().optional() }));
    expect(thawedVersions(derived, older)).toHaveLength(1);
  });

  test('a version that is gone is reported', () => {
    expect(thawedVersions(new Map(), committed(z.object({ a: z.string() })))).toEqual([
      expect.stringContaining('is gone'),
    ]);
  });

  test('one that was withdrawn before a release may be gone, and must not come back', () => {
    const [name] = [...withdrawn] as [string];
    expect(thawedVersions(new Map(), [{ name, commit: 'c0ffee', text: '{}' }])).toEqual([]);
    expect(thawedVersions(new Map([[name, '{}']]), [])).toEqual([expect.stringContaining('was withdrawn')]);
  });
});

describe('versions of one event', () => {
  const a = z.object({ a: z.string() });
  const v2 = version(2, z.object({ a: z.string(), b: z.int().optional() }));

  test('compatible ones pass', () => expect(versionProblems([v1, v2])).toEqual([]));

  test('each is compared with every earlier one, not only the last', () => {
    const bool = version(3, z.object({ a: z.string(), b: z.boolean().optional() }));
    const gone = version(2, a);
    const first = version(1, z.object({ a: z.string(), b: z.int().optional() }));
    const problems = versionProblems([first, gone, bool]);
    expect(problems).toContainEqual(expect.stringMatching(/v3\.\S+ is not backward compatible with v1: \$\.b/));
  });

  test('a gap in the numbers is reported', () => {
    expect(versionProblems([v1, version(3, a)])).toEqual([expect.stringContaining('count from 1')]);
    expect(versionProblems([v1, v1])).toEqual(expect.arrayContaining([expect.stringContaining('count from 1')]));
  });

  test('a move to another topic is reported', () => {
    expect(versionProblems([v1, version(2, a, topics.cycles)])).toEqual([expect.stringContaining('moved from')]);
  });
});
