import { mkdir, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { isRetryable } from '@perennial/messaging';
import { environment, runJob, stopTelemetry } from '@perennial/service';
import { TrainOne } from './application/train.one';
import { jobArguments, USAGE } from './interface/job.arguments';
import { EXIT, jobReport } from './interface/job.report';
import { trainingJob } from './service';

async function main(given: readonly string[]): Promise<number> {
  const parsed = jobArguments(given);
  if (parsed === 'help') {
    process.stdout.write(USAGE);
    return EXIT.completed;
  }
  if ('problem' in parsed) {
    process.stderr.write(`${parsed.problem}\n\n${USAGE}`);
    return EXIT.usage;
  }
  const { runId, outcome, variables } = parsed;
  try {
    const training = await runJob(trainingJob, { env: { ...environment, ...variables } }, (context, stopped) =>
      context.get(TrainOne).run(runId, stopped),
    );
    const { exit, message } = jobReport(runId, training);
    process.stdout.write(`${message}\n`);
    const result = training.end === 'none' ? null : training.run.outcome;
    if (outcome !== null && result) await write(outcome, result);
    await stopTelemetry();
    return exit;
  } catch (error) {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
    return isRetryable(error) ? EXIT.notNow : EXIT.failed;
  }
}

async function write(file: string, outcome: object): Promise<void> {
  await mkdir(dirname(file), { recursive: true });
  await writeFile(file, `${JSON.stringify(outcome)}\n`);
}

void main(process.argv.slice(2)).then((exit) => process.exit(exit));
