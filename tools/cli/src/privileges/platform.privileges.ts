import { deadLetterTopic, retryTopic, serviceNames, type TopicContract, topics } from '@perennial/contracts';
import { type Privileges, privilegesOf, type TopicGrant } from '@perennial/service';
import { loadDefinition } from '../platform/service.definitions';

const everyTopic: readonly TopicContract[] = Object.values(topics);

/** Users of the broker and the database are called so: the privileges' name behind this prefix. */
export const userPrefix = 'perennial-';
export const userOf = ({ name }: Pick<Privileges, 'name'>): string => userPrefix + name;

/** Who pushes data from outside. Describe comes with Write. */
const producer: Privileges = {
  name: 'producer',
  topics: everyTopic
    .filter(({ producers }) => producers.includes('outside producers'))
    .map(({ name }) => ({ topic: name, operations: ['Write'] })),
  groups: [],
  collections: [],
};

const operatorOn = (topic: TopicContract): TopicGrant[] => [
  { topic: topic.name, operations: ['Create', 'Describe'] },
  { topic: retryTopic(topic.name), operations: ['Create', 'Read', 'Write'] },
  { topic: deadLetterTopic(topic.name), operations: ['Create', 'Read'] },
];

/** A person with the command line: creates the topics, sees lag, reads dead letters and redrives, sends letters again. */
const operator = (suffix: string): Privileges => ({
  name: 'operator',
  topics: everyTopic.flatMap(operatorOn).sort((a, b) => (a.topic < b.topic ? -1 : 1)),
  groups: serviceNames.map((name) => ({ group: `${name}${suffix}`, pattern: 'prefixed', operations: ['Describe'] })),
  collections: [],
});

/** The services in the order of a day's way, then who works beside them. */
export async function platformPrivileges({ suffix = '' } = {}): Promise<Privileges[]> {
  const definitions = await Promise.all(serviceNames.map(loadDefinition));
  return [...definitions.map((definition) => privilegesOf(definition, { suffix })), producer, operator(suffix)];
}
