/** One decision of Kafka's StandardAuthorizer. */
export interface Decision {
  readonly allowed: boolean;
  readonly user: string;
  readonly operation: string;
  readonly resource: 'Topic' | 'Group' | 'Cluster';
  readonly name: string;
}

const line =
  /Principal = User:(\S+) is (Allowed|Denied) operation = (\w+) from host = \S+ on resource = (\w+):LITERAL:(\S+) for/g;

const pascal = (operation: string): string =>
  operation
    .toLowerCase()
    .split('_')
    .map((word) => word.slice(0, 1).toUpperCase() + word.slice(1))
    .join('');

/** Reads what the authorizer logs at level DEBUG. */
export const decisionsIn = (log: string): Decision[] =>
  [...log.matchAll(line)].map(([, user = '', verdict, operation = '', resource, name = '']) => ({
    allowed: verdict === 'Allowed',
    user,
    operation: pascal(operation),
    resource: resource as Decision['resource'],
    name,
  }));
