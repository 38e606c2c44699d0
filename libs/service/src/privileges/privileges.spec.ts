import 'reflect-metadata';
import { Controller, Module } from '@nestjs/common';
import { batchClosedV1, topics } from '@perennial/contracts';
import { OnEvent } from '../events/on-event';
import { actionsOf, privilegesOf, topicsUsedBy } from './privileges';

@Controller()
class BatchConsumer {
  @OnEvent(batchClosedV1)
  handle() {
    return [];
  }
}

@Module({ controllers: [BatchConsumer] })
class Inner {}

@Module({ imports: [Inner] })
class Root {}

@Module({})
class Empty {}

const batches = 'perennial.ingestion.batches.v1';

describe('the rights of a service', () => {
  const privileges = privilegesOf(
    { name: 'preprocessing', module: Root, needs: { collections: ['kept'], writes: ['made'], reads: ['given'] } },
    { suffix: '-b' },
  );

  it('follow from its handlers: to read the topic and its retries, to write its dead letters', () => {
    expect(privileges.topics.filter(({ topic }) => topic.startsWith(batches))).toEqual([
      { topic: batches, operations: ['Read'] },
      { topic: `${batches}.dlq`, operations: ['Write'] },
      { topic: `${batches}.retry`, operations: ['Read'] },
    ]);
    expect(privileges.groups).toEqual([{ group: 'preprocessing-b', pattern: 'literal', operations: ['Read'] }]);
  });

  it('follow from the contracts that name it as a producer', () => {
    const own = privileges.topics.filter(({ topic }) => topic.startsWith(topics.preparedBatches.name));
    expect(own.map(({ operations }) => operations)).toEqual([['Write'], ['Describe'], ['Describe']]);
  });

  it('cover its own collections, those of messaging and its files, and only reading in those of others', () => {
    const named = (access: string) =>
      privileges.collections.filter((each) => each.access === access).map(({ collection }) => collection);
    expect(named('own')).toEqual(expect.arrayContaining(['kept', 'preprocessing_outbox', 'made.files', 'made.chunks']));
    expect(named('read')).toEqual(['given.files', 'given.chunks']);
    expect(actionsOf({ access: 'read' })).toEqual(['find']);
  });

  it('are none of another topic', () => {
    const touched = new Set(privileges.topics.map(({ topic }) => topic.replace(/\.(dlq|retry)$/, '')));
    expect([...touched].sort()).toEqual([batches, topics.preparedBatches.name]);
    expect(topicsUsedBy({ name: 'nobody', module: Empty })).toEqual([]);
  });

  it('give a group to each topic that is read in slices, and a prefix where each replica has its own', () => {
    const needs = { batches: [topics.records], follows: [topics.rollouts] };
    const { groups, topics: granted } = privilegesOf({ name: 'serving', module: Empty, needs });
    expect(groups).toEqual([
      { group: `serving.${topics.records.name}`, pattern: 'literal', operations: ['Read'] },
      { group: 'serving-', pattern: 'prefixed', operations: ['Read'] },
    ]);
    expect(granted.find(({ topic }) => topic === topics.rollouts.name)).toEqual({
      topic: topics.rollouts.name,
      operations: ['Read'],
    });
  });
});
