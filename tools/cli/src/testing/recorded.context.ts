import type { CommandContext } from '../command.context';
import { plain } from '../output/style';

/** A context that keeps what is printed; nothing of the real environment. */
export function recordedContext(overrides: Partial<CommandContext> = {}) {
  const printed: string[] = [];
  const noted: string[] = [];
  const context: CommandContext = {
    env: {},
    cwd: '/',
    stack: { home: '/nowhere' },
    signal: new AbortController().signal,
    style: plain,
    print: (line) => printed.push(line),
    note: (line) => noted.push(line),
    progress: { write: () => undefined },
    stdin: { isTTY: false, read: async () => '' },
    confirm: async () => false,
    ...overrides,
  };
  return { context, printed, noted };
}
