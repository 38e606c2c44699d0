import { kafkaAcls } from '@perennial/cli';
import { AclOperationTypes, AclResourceTypes, ResourcePatternTypes } from 'kafkajs';
import { aclsOf } from './acl.command';

const printed = kafkaAcls([
  {
    name: 'serving',
    topics: [{ topic: 'a', operations: ['Read', 'Write'] }],
    groups: [{ group: 'serving-', pattern: 'prefixed', operations: ['Read'] }],
    collections: [],
  },
]);

describe('the printed kafka-acls.sh commands', () => {
  it('are understood as the entries that they add', () => {
    const entries = aclsOf(printed).map(({ principal, operation, resourceType, resourceName, resourcePatternType }) => [
      principal,
      operation,
      resourceType,
      resourceName,
      resourcePatternType,
    ]);
    const { READ, WRITE } = AclOperationTypes;
    expect(entries).toEqual([
      ['User:perennial-serving', READ, AclResourceTypes.TOPIC, 'a', ResourcePatternTypes.LITERAL],
      ['User:perennial-serving', WRITE, AclResourceTypes.TOPIC, 'a', ResourcePatternTypes.LITERAL],
      ['User:perennial-serving', READ, AclResourceTypes.GROUP, 'serving-', ResourcePatternTypes.PREFIXED],
    ]);
  });

  it('are refused in another form', () => {
    expect(() => aclsOf('rm -rf data')).toThrow('not understood: rm -rf data');
  });
});
