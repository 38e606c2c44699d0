import { decisionsIn } from './authorizer.log';
import { type Right, unusedRights } from './right.usage';

const log = `Principal = User:perennial-ingestion is Allowed operation = READ from host = 127.0.0.1 on resource = Topic:LITERAL:perennial.ingestion.records.v1 for request = Fetch with resourceRefCount = 1 based on rule MatchingAcl(acl=x)
a line of something else
Principal = User:perennial-inference is Allowed operation = READ from host = 127.0.0.1 on resource = Group:LITERAL:inference-host-7 for request = JoinGroup with resourceRefCount = 1 based on rule MatchingAcl(acl=x)
Principal = User:perennial-alerting is Denied operation = IDEMPOTENT_WRITE from host = 127.0.0.1 on resource = Cluster:LITERAL:kafka-cluster for request = InitProducerId with resourceRefCount = 1 based on rule DefaultDeny
`;

describe('what the authorizer decided', () => {
  it('is read line by line', () => {
    expect(decisionsIn(log)).toEqual([
      {
        allowed: true,
        user: 'perennial-ingestion',
        operation: 'Read',
        resource: 'Topic',
        name: 'perennial.ingestion.records.v1',
      },
      { allowed: true, user: 'perennial-inference', operation: 'Read', resource: 'Group', name: 'inference-host-7' },
      {
        allowed: false,
        user: 'perennial-alerting',
        operation: 'IdempotentWrite',
        resource: 'Cluster',
        name: 'kafka-cluster',
      },
    ]);
  });

  it('tells rights that were used from those that were not; a denial is no use', () => {
    const right = (changes: Partial<Right>): Right => ({
      user: 'perennial-inference',
      operation: 'Read',
      resource: 'Group',
      name: 'inference-',
      pattern: 'prefixed',
      ...changes,
    });
    const literal = right({ pattern: 'literal' });
    const write = right({ operation: 'Write' });
    expect(unusedRights([right({}), literal, write], decisionsIn(log))).toEqual([literal, write]);
  });
});
