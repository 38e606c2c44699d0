import { deadLetterTopic, retryTopic, type TopicContract, topics, withCompanions } from '@perennial/contracts';
import { collectionNames } from '@perennial/messaging-mongo';
import type { ServiceDefinition } from '../service-definition';
import { topicsHandledBy } from './handled.topics';

export type TopicOperation = 'Create' | 'Describe' | 'Read' | 'Write';

export interface TopicGrant {
  readonly topic: string;
  readonly operations: readonly TopicOperation[];
}

export interface GroupGrant {
  readonly group: string;
  /** A prefix where each replica has a group of its own. */
  readonly pattern: 'literal' | 'prefixed';
  readonly operations: readonly ('Describe' | 'Read')[];
}

/** own: everything but to drop it. read: `find`. */
export interface CollectionGrant {
  readonly collection: string;
  readonly access: 'own' | 'read';
}

/** The least that a service, or whoever works beside the services, needs of the broker and of the database. */
export interface Privileges {
  readonly name: string;
  readonly topics: readonly TopicGrant[];
  readonly groups: readonly GroupGrant[];
  readonly collections: readonly CollectionGrant[];
}

type Definition = Pick<ServiceDefinition, 'name' | 'module' | 'needs'>;

/** Topics that a service takes from or gives to: those that it looks after at its start. */
export function topicsUsedBy({ name, module, needs = {} }: Definition): TopicContract[] {
  const given = Object.values<TopicContract>(topics).filter(({ producers }) => producers.includes(name));
  return [...new Set([...topicsHandledBy(module), ...(needs.batches ?? []), ...(needs.follows ?? []), ...given])];
}

/**
 * Kafka: Read on what is consumed and on its retry topics, Write on what is published and on the dead letters of what
 * is consumed, Describe on whatever the start looks at. No transactional ids: nothing is published in a transaction.
 * `suffix` is GROUP_SUFFIX.
 */
export function privilegesOf(definition: Definition, { suffix = '' } = {}): Privileges {
  const { name, module, needs = {} } = definition;
  const handled = topicsHandledBy(module);
  const batches = needs.batches ?? [];
  const grants = new Map<string, Set<TopicOperation>>();
  const grant = (operation: TopicOperation, topic: string) =>
    grants.set(topic, (grants.get(topic) ?? new Set()).add(operation));
  for (const topic of topicsUsedBy(definition)) {
    for (const companion of withCompanions(topic)) grant('Describe', companion.name);
    if (topic.producers.includes(name)) grant('Write', topic.name);
  }
  for (const topic of [...handled, ...batches]) {
    grant('Read', topic.name);
    grant('Read', retryTopic(topic.name));
    grant('Write', deadLetterTopic(topic.name));
  }
  for (const topic of needs.follows ?? []) grant('Read', topic.name);
  return {
    name,
    topics: [...grants].map(([topic, operations]) => ({ topic, operations: effective(operations) })).sort(byTopic),
    groups: groupsOf(definition, handled.length > 0, suffix),
    collections: collectionsOf(definition),
  };
}

/** Read and Write imply Describe, in Kafka. */
function effective(operations: ReadonlySet<TopicOperation>): TopicOperation[] {
  const strong = [...operations].filter((operation) => operation !== 'Describe').sort();
  return strong.length > 0 ? strong : ['Describe'];
}

const byTopic = (a: TopicGrant, b: TopicGrant) => (a.topic < b.topic ? -1 : 1);

function groupsOf({ name, needs = {} }: Definition, handlesEvents: boolean, suffix: string): GroupGrant[] {
  const group = `${name}${suffix}`;
  const literal = (each: string): GroupGrant => ({ group: each, pattern: 'literal', operations: ['Read'] });
  return [
    ...(handlesEvents ? [literal(group)] : []),
    ...(needs.batches ?? []).map((topic) => literal(`${group}.${topic.name}`)),
    ...(needs.follows?.length
      ? [{ group: `${name}-`, pattern: 'prefixed' as const, operations: ['Read' as const] }]
      : []),
  ];
}

/** In the layout of GridFS; with OBJECT_STORE=s3 the buckets are not in the database. */
const filesOf = (bucket: string): string[] => [`${bucket}.files`, `${bucket}.chunks`];

function collectionsOf({ name, needs = {} }: Definition): CollectionGrant[] {
  const own = [
    ...(needs.collections ?? []),
    ...Object.values(collectionNames(name)),
    ...(needs.writes ?? []).flatMap(filesOf),
  ];
  return [
    ...own.map((collection) => ({ collection, access: 'own' as const })),
    ...(needs.reads ?? []).flatMap(filesOf).map((collection) => ({ collection, access: 'read' as const })),
  ];
}

/** Actions of MongoDB on a collection. */
export const actionsOf = ({ access }: Pick<CollectionGrant, 'access'>): string[] =>
  access === 'read'
    ? ['find']
    : ['createCollection', 'createIndex', 'dropIndex', 'find', 'insert', 'listIndexes', 'remove', 'update'];
