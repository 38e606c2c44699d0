import type { Command } from 'commander';
import type { CommandContext } from './command.context';

export interface GlobalOptions {
  /** The result as JSON on standard output. */
  json?: boolean;
}

/** One command: adds itself to the program. Its action returns the text for standard output, or the data for --json. */
export interface CommandDefinition {
  register(program: Command, context: () => CommandContext): void;
}

/** What an action hands back: the data, and how a person reads it. */
export interface Result<T = unknown> {
  readonly data: T;
  readonly text: string;
}

/** Prints one or the other. */
export function show(context: CommandContext, { json }: GlobalOptions, { data, text }: Result): void {
  if (json) context.print(JSON.stringify(data));
  else if (text !== '') context.print(text);
}
