import { type TopicContract, topics, withCompanions } from '@perennial/contracts';
import type { Privileges } from '@perennial/service';
import { userOf } from './platform.privileges';

const header = (purpose: string) =>
  `# ${purpose} BROKERS: host:port of a broker; ADMIN: properties file of a user who may.\n`;

const command = (program: string) => `${program} --bootstrap-server "$BROKERS" --command-config "$ADMIN"`;

/** A shell script of kafka-acls.sh: the rights of every user, of a broker that denies what no ACL allows. */
export function kafkaAcls(privileges: readonly Privileges[]): string {
  const lines = privileges.flatMap((each) => {
    const add = (resource: string, name: string, operations: readonly string[], pattern = 'literal') =>
      [
        `${command('kafka-acls.sh')} --add --allow-principal User:${userOf(each)}`,
        ...operations.map((operation) => `--operation ${operation}`),
        `--${resource} ${name} --resource-pattern-type ${pattern}`,
      ].join(' ');
    return [
      ...each.topics.map(({ topic, operations }) => add('topic', topic, operations)),
      ...each.groups.map(({ group, operations, pattern }) => add('group', group, operations, pattern)),
    ];
  });
  return header('The rights of every user.') + lines.join('\n');
}

/** A shell script of kafka-topics.sh: every topic, so that no service needs the right to create one. */
export function kafkaTopics(replicationFactor: number): string {
  const lines = Object.values<TopicContract>(topics)
    .flatMap(withCompanions)
    .map(({ name, partitions, retentionMs, cleanupPolicy }) =>
      [
        `${command('kafka-topics.sh')} --create --if-not-exists --topic ${name}`,
        `--partitions ${partitions} --replication-factor ${replicationFactor}`,
        `--config retention.ms=${retentionMs} --config cleanup.policy=${cleanupPolicy}`,
      ].join(' '),
    );
  return header('Every topic.') + lines.join('\n');
}
