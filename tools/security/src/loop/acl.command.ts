import { AclOperationTypes, AclPermissionTypes, AclResourceTypes, type AclEntry, ResourcePatternTypes } from 'kafkajs';

const operations: Readonly<Record<string, AclOperationTypes>> = {
  Create: AclOperationTypes.CREATE,
  Describe: AclOperationTypes.DESCRIBE,
  Read: AclOperationTypes.READ,
  Write: AclOperationTypes.WRITE,
};

const command =
  /^kafka-acls\.sh .* --allow-principal (\S+)((?: --operation \w+)+) --(topic|group) (\S+) --resource-pattern-type (literal|prefixed)$/;

/** The entries that the lines of a kafka-acls.sh script would add. @throws Error for a line of another form */
export function aclsOf(script: string): AclEntry[] {
  const lines = script.split('\n').filter((line) => line !== '' && !line.startsWith('#'));
  return lines.flatMap((line) => {
    const [, principal, named, resource, resourceName, pattern] = command.exec(line) ?? [];
    if (!principal || !named || !resourceName) throw new Error(`not understood: ${line}`);
    return [...named.matchAll(/--operation (\w+)/g)].map(([, operation = '']) => ({
      principal,
      host: '*',
      permissionType: AclPermissionTypes.ALLOW,
      operation: operations[operation] as AclOperationTypes,
      resourceType: resource === 'topic' ? AclResourceTypes.TOPIC : AclResourceTypes.GROUP,
      resourceName,
      resourcePatternType: pattern === 'literal' ? ResourcePatternTypes.LITERAL : ResourcePatternTypes.PREFIXED,
    }));
  });
}
