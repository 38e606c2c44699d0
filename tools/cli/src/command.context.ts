import { text } from 'node:stream/consumers';
import { createInterface } from 'node:readline/promises';
import { stackOptions, type StackOptions } from '@perennial/local-stack';
import { chooseStyle, type Style } from './output/style';
import type { ProgressStream } from './output/progress.bar';

/** What a command may use of the world outside. */
export interface CommandContext {
  readonly env: NodeJS.ProcessEnv;
  readonly cwd: string;
  readonly stack: StackOptions;
  /** Aborted by Ctrl-C. */
  readonly signal: AbortSignal;
  readonly style: Style;
  /** The result, on standard output. */
  print(line: string): void;
  /** What goes on, on standard error. */
  note(line: string): void;
  readonly progress: ProgressStream;
  readonly stdin: { readonly isTTY: boolean; read(): Promise<string> };
  /** Asks the person at the terminal. */
  confirm(question: string): Promise<boolean>;
}

/** The streams and the environment of this process; the only place that reads them. */
export function processContext(signal: AbortSignal): CommandContext {
  const { env, stdin, stdout, stderr } = process;
  return {
    env,
    cwd: process.cwd(),
    stack: stackOptions(env),
    signal,
    style: chooseStyle(env, stdout.isTTY),
    print: (line) => void stdout.write(`${line}\n`),
    note: (line) => void stderr.write(`${line}\n`),
    progress: stderr,
    stdin: { isTTY: stdin.isTTY, read: () => text(stdin) },
    confirm: async (question) => {
      const terminal = createInterface({ input: stdin, output: stderr });
      try {
        return /^y(es)?$/i.test((await terminal.question(`${question} [y/N] `, { signal })).trim());
      } finally {
        terminal.close();
      }
    },
  };
}
