import { Option } from 'commander';
import { action } from '../command.action';
import type { CommandDefinition } from '../command.definition';
import { wholeNumber } from '../input/option.parsers';
import { kafkaAcls, kafkaTopics } from '../privileges/kafka.commands';
import { mongoRoles, mongoScript } from '../privileges/mongo.roles';
import { platformRoutes, routeMarkdown, routeText } from '../access/route.table';
import { platformPrivileges } from '../privileges/platform.privileges';
import { privilegeMarkdown, privilegeText } from '../privileges/privilege.table';

const formats = ['table', 'kafka-acls', 'kafka-topics', 'mongo-roles', 'http', 'markdown', 'http-markdown'] as const;

interface PrivilegesOptions {
  format: (typeof formats)[number];
  database: string;
  replicationFactor: number;
}

export const privilegesCommand: CommandDefinition = {
  register(program, context) {
    const command = program
      .command('privileges')
      .description(
        'what each service needs of the broker and the database: ACLs, topics, roles; what its HTTP routes ask for',
      )
      .addOption(new Option('--format <format>', 'how to print it').choices(formats).default('table'))
      .option('--database <name>', 'database of the roles', 'perennial')
      .option('--replication-factor <n>', 'of the topics', wholeNumber(1, 100), 3)
      .addHelpText('after', '\nGROUP_SUFFIX is part of the consumer groups, as for the services.');
    action<PrivilegesOptions>(command, context, async ({ context, options }) => {
      const { format, database, replicationFactor } = options;
      const privileges = await platformPrivileges({ suffix: context.env.GROUP_SUFFIX });
      const routes = await platformRoutes();
      const texts: Record<PrivilegesOptions['format'], () => string> = {
        table: () => privilegeText(privileges),
        'kafka-acls': () => kafkaAcls(privileges),
        'kafka-topics': () => kafkaTopics(replicationFactor),
        'mongo-roles': () => mongoScript(privileges, database),
        http: () => routeText(routes),
        'http-markdown': () => routeMarkdown(routes),
        markdown: () => privilegeMarkdown(privileges),
      };
      return { data: { privileges, routes, mongoRoles: mongoRoles(privileges, database) }, text: texts[format]() };
    });
  },
};
