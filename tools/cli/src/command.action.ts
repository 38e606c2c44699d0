import type { Command } from 'commander';
import type { CommandContext } from './command.context';
import { type GlobalOptions, type Result, show } from './command.definition';

export interface Invocation<Options> {
  readonly context: CommandContext;
  readonly options: Options & GlobalOptions;
  /** Positional arguments as commander parsed them: text, a list of texts, or undefined. */
  readonly args: readonly (string | string[] | undefined)[];
}

/** Binds work to a command: reads options and arguments, shows what the work returns. */
export function action<Options extends object>(
  command: Command,
  context: () => CommandContext,
  work: (invocation: Invocation<Options>) => Promise<Result | void>,
): Command {
  return command.action(async (...given: unknown[]) => {
    const self = given.at(-1) as Command;
    const args = given.slice(0, -2) as Invocation<Options>['args'];
    const invocation = { context: context(), options: self.optsWithGlobals() as Options & GlobalOptions, args };
    const result = await work(invocation);
    if (result) show(invocation.context, invocation.options, result);
  });
}
