import { GroupCoordinator } from './group.coordinator';

const request = { sessionTimeoutMs: 1_000, rebalanceTimeoutMs: 1_000 };

describe('a consumer group', () => {
  it('tells of every topic that a member asked for, committed or not, also when the member is gone', () => {
    const group = new GroupCoordinator(
      'registry',
      () => 0,
      () => 1,
    );
    const first = group.join(null, { ...request, topics: ['cycles', 'runs'] });
    group.leave(first);
    const second = group.join(null, { ...request, topics: ['cycles', 'approvals'] });
    const { generation } = group.sync(second)!;
    group.commit({ member: second, generation }, { topic: 'cycles', partition: 0 }, 4);
    expect([...group.topics()].sort()).toEqual(['approvals', 'cycles', 'runs']);
  });
});
