import { spawn } from 'node:child_process';

export interface CommandResult {
  /** Undefined when the program does not exist. */
  readonly exitCode: number | undefined;
  /** Standard output and error together, at most the last 8,000 characters. */
  readonly output: string;
}

/** Runs a program to its end without a terminal or input. */
export function runCommand(command: string, args: readonly string[], cwd?: string): Promise<CommandResult> {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { cwd, stdio: ['ignore', 'pipe', 'pipe'] });
    let output = '';
    const collect = (chunk: Buffer) => {
      output = (output + chunk.toString('utf8')).slice(-8000);
    };
    child.stdout.on('data', collect);
    child.stderr.on('data', collect);
    child.once('error', (error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT') resolve({ exitCode: undefined, output: '' });
      else reject(error);
    });
    child.once('close', (code) => resolve({ exitCode: code ?? 1, output: output.trimEnd() }));
  });
}

export const lastLines = (text: string, count = 12): string => text.split('\n').slice(-count).join('\n');
