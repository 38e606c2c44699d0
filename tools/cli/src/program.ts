import { Command, CommanderError } from 'commander';
import type { CommandContext } from './command.context';
import type { CommandDefinition } from './command.definition';
import { exitCode } from './command.error';
import { alertsCommand } from './commands/alerts.command';
import { approveCommand } from './commands/approve.command';
import { completionCommand } from './commands/completion.command';
import { cyclesCommand } from './commands/cycles.command';
import { demoCommand } from './commands/demo.command';
import { dlqCommand } from './commands/dlq.command';
import { downCommand } from './commands/down.command';
import { generateCommand } from './commands/generate.command';
import { keyCommand } from './commands/key.command';
import { modelCommand } from './commands/model.command';
import { modelsCommand } from './commands/models.command';
import { predictCommand } from './commands/predict.command';
import { privilegesCommand } from './commands/privileges.command';
import { rejectCommand } from './commands/reject.command';
import { resetCommand } from './commands/reset.command';
import { rollbackCommand } from './commands/rollback.command';
import { rolloutCommand } from './commands/rollout.command';
import { runsCommand } from './commands/runs.command';
import { trainCommand } from './commands/train.command';
import { statusCommand } from './commands/status.command';
import { submitCommand } from './commands/submit.command';
import { upCommand } from './commands/up.command';
import { validateCommand } from './commands/validate.command';
import { verifyCommand } from './commands/verify.command';

const groups: Readonly<Record<string, readonly CommandDefinition[]>> = {
  'Run:': [demoCommand, upCommand, downCommand, statusCommand, resetCommand],
  'Data:': [submitCommand, generateCommand, validateCommand, dlqCommand],
  'Models:': [
    predictCommand,
    cyclesCommand,
    runsCommand,
    trainCommand,
    modelsCommand,
    modelCommand,
    approveCommand,
    rejectCommand,
    rollbackCommand,
    rolloutCommand,
  ],
  'Operations:': [alertsCommand, verifyCommand, keyCommand, privilegesCommand, completionCommand],
};

const afterHelp = `
Exit codes:
  0  done
  1  failed
  2  wrong usage or input
  3  the platform does not run or cannot be reached

Environment:
  PERENNIAL_HOME            where state is kept (default: .perennial in the checkout)
  KAFKA_BROKERS, MONGO_URL  servers that run already, instead of the embedded ones
  PERENNIAL_URL             a platform that runs elsewhere
  PERENNIAL_KEY             API key or token, where the platform asks for one
  PIPELINES                 pipeline files or folders, separated by commas
  PERENNIAL_NICENESS        by how much services that work in bulk yield with --separate (default: 5)
  NO_COLOR                  no colours`;

function configure(command: Command): void {
  command.exitOverride().configureHelp({ showGlobalOptions: true }).showSuggestionAfterError();
  for (const child of command.commands) configure(child);
}

/** Every command of the command line. Nothing of the context is read before a command runs. */
export function createProgram(version: string, context: () => CommandContext): Command {
  const program = new Command('perennial')
    .description('Keeps a model in production good, every day.')
    .version(version, '-V, --version')
    .option('--json', 'the result as JSON')
    .addHelpText('after', afterHelp);
  for (const [heading, definitions] of Object.entries(groups)) {
    program.commandsGroup(heading);
    for (const definition of definitions) definition.register(program, context);
  }
  configure(program);
  return program;
}

/** Help and version are no failure; everything else that commander refuses is wrong usage, which it has told. */
export function usageExit(error: unknown): number | undefined {
  if (!(error instanceof CommanderError)) return undefined;
  const asked = ['commander.helpDisplayed', 'commander.version'].includes(error.code);
  return asked ? exitCode.ok : exitCode.usage;
}
