import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type CommandContext, processContext } from './command.context';
import { exitCode } from './command.error';
import { failureJson, failureOf, failureText } from './failure';
import { createProgram, usageExit } from './program';

const { version } = JSON.parse(readFileSync(join(__dirname, '..', 'package.json'), 'utf8')) as { version: string };
const graceMs = 20_000;

/** Ctrl-C ends what can be ended in order; a second one, or a grace period that is over, ends all else. */
function interruptible(): AbortSignal {
  const controller = new AbortController();
  const onSignal = () => {
    if (controller.signal.aborted) process.exit(exitCode.interrupted);
    controller.abort();
    setTimeout(() => process.exit(exitCode.interrupted), graceMs).unref();
  };
  process.on('SIGINT', onSignal);
  process.on('SIGTERM', onSignal);
  return controller.signal;
}

async function main(argv: readonly string[]): Promise<number> {
  const signal = interruptible();
  let context: CommandContext | undefined;
  const program = createProgram(version, () => (context ??= processContext(signal)));
  try {
    await program.parseAsync(argv);
    return signal.aborted ? exitCode.interrupted : exitCode.ok;
  } catch (error) {
    const usage = usageExit(error);
    if (usage !== undefined) return usage;
    if (signal.aborted) return exitCode.interrupted;
    const failure = failureOf(error);
    process.stderr.write(`${program.opts().json ? failureJson(failure) : failureText(failure)}\n`);
    return failure.exit;
  }
}

// A reader that went away, as `| head` does, is no failure.
process.stdout.on('error', (error: NodeJS.ErrnoException) => process.exit(error.code === 'EPIPE' ? 0 : 1));

main(process.argv).then(
  (code) => (process.exitCode = code),
  (error) => {
    console.error(error);
    process.exitCode = exitCode.failed;
  },
);
