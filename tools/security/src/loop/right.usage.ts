import { userOf } from '@perennial/cli';
import type { Privileges } from '@perennial/service';
import type { Decision } from './authorizer.log';

/** One operation on one topic or group, granted to one user. */
export interface Right {
  readonly user: string;
  readonly operation: string;
  readonly resource: 'Topic' | 'Group';
  readonly name: string;
  readonly pattern: 'literal' | 'prefixed';
}

export const rightText = ({
  user,
  operation,
  resource,
  name,
}: Omit<Right, 'pattern' | 'resource'> & { resource: string }) => `${user} ${operation} ${resource} ${name}`;

/** Everything that the privileges let somebody do with the broker. */
export const rightsGranted = (privileges: readonly Privileges[]): Right[] =>
  privileges.flatMap((each) => {
    const user = userOf(each);
    const topics = each.topics.flatMap(({ topic, operations }) =>
      operations.map((operation): Right => ({ user, operation, resource: 'Topic', name: topic, pattern: 'literal' })),
    );
    const groups = each.groups.flatMap(({ group, operations, pattern }) =>
      operations.map((operation): Right => ({ user, operation, resource: 'Group', name: group, pattern })),
    );
    return [...topics, ...groups];
  });

const covers = (right: Right, { name }: Decision): boolean =>
  right.pattern === 'literal' ? name === right.name : name.startsWith(right.name);

/** Rights that nobody has made use of yet. */
export const unusedRights = (rights: readonly Right[], decisions: readonly Decision[]): Right[] =>
  rights.filter(
    (right) =>
      !decisions.some(
        (decision) =>
          decision.allowed &&
          decision.user === right.user &&
          decision.operation === right.operation &&
          decision.resource === right.resource &&
          covers(right, decision),
      ),
  );
