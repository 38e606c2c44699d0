import type { Command } from 'commander';

/** What there is to complete after a path of command words. */
export interface CompletionNode {
  /** Command words from the root, joined by blanks; empty for the root. */
  path: string;
  words: { word: string; description: string }[];
  options: { flag: string; description: string; takesValue: boolean; choices: readonly string[] }[];
}

const visible = (command: Command): Command[] => [...command.createHelp().visibleCommands(command)];

function nodeOf(command: Command, path: string, globals: CompletionNode['options']): CompletionNode {
  const own = command.createHelp().visibleOptions(command);
  const options = own.flatMap((option) =>
    [option.long, option.short]
      .filter((flag) => flag !== undefined)
      .map((flag) => ({
        flag,
        description: option.description,
        takesValue: option.required || option.optional,
        choices: option.argChoices ?? [],
      })),
  );
  const words = visible(command).map((child) => ({ word: child.name(), description: child.description() }));
  const known = new Set(options.map(({ flag }) => flag));
  return { path, words, options: [...options, ...globals.filter(({ flag }) => !known.has(flag))] };
}

/** Every command of the program, parents first. */
export function completionNodes(program: Command): CompletionNode[] {
  const root = nodeOf(program, '', []);
  const globals = root.options.filter(({ flag }) => flag === '--json');
  const below = (command: Command, path: string): CompletionNode[] =>
    visible(command).flatMap((child) => {
      const childPath = path ? `${path} ${child.name()}` : child.name();
      return [nodeOf(child, childPath, globals), ...below(child, childPath)];
    });
  return [root, ...below(program, '')];
}
