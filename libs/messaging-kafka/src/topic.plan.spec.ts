import { topics } from '@perennial/contracts';
import { lagOf } from './consumer.lag';
import { creationForbidden } from './topic.creation';
import { planTopics, tooFewPartitions } from './topic.plan';

describe('topic plan', () => {
  const planned = planTopics([topics.replicas], 3);

  it('plans the topic, its retry topic and its dead letters', () => {
    expect(planned.map(({ topic, numPartitions }) => [topic, numPartitions])).toEqual([
      [topics.replicas.name, topics.replicas.partitions],
      [`${topics.replicas.name}.retry`, topics.replicas.partitions],
      [`${topics.replicas.name}.dlq`, 1],
    ]);
    expect(planned.every(({ replicationFactor }) => replicationFactor === 3)).toBe(true);
  });

  it('compacts what the contract says, but never retries and dead letters', () => {
    const policy = planned.map(
      ({ configEntries }) => configEntries?.find(({ name }) => name === 'cleanup.policy')?.value,
    );
    expect(policy).toEqual(['compact', 'delete', 'delete']);
  });

  it('finds topics with too few partitions and accepts more', () => {
    expect(tooFewPartitions(planned, new Map([[topics.replicas.name, 1]]))).toEqual([
      `${topics.replicas.name} has 1 partitions, not ${topics.replicas.partitions}`,
    ]);
    expect(tooFewPartitions(planned, new Map([[topics.replicas.name, 99]]))).toEqual([]);
  });

  it('says which ACL is missing for which topic', () => {
    const error = creationForbidden(['perennial.x.v1'], 'svc', undefined);
    expect(error).toMatchObject({ code: 'TOPIC_CREATION_FORBIDDEN', retryable: false });
    expect(error.message).toMatch(/User:svc to create perennial\.x\.v1.*operation Create on resource Topic/);
  });
});

describe('consumer lag', () => {
  const at = { group: 'g', topic: 't', partition: 0 };

  it('counts from the committed offset, or from the oldest record when nothing was committed', () => {
    expect(lagOf(at, '5', '2', '9')).toMatchObject({ lag: 4, committed: '5' });
    expect(lagOf(at, '-1', '2', '9')).toMatchObject({ lag: 7, committed: null });
  });
});
