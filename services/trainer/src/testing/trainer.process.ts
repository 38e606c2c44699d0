import { type ChildProcess, fork } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { resolve } from 'node:path';
import { ParquetSource, writeParquet } from '@perennial/columns';
import { estimatorConfig, trainEstimator } from '@perennial/estimators';
import { parsePipeline } from '@perennial/pipeline';
import { improvementRows } from '../domain/improvement.rows';
import { trainingPlan } from '../domain/training.plan';
import type { RunRequest } from '../domain/training.run';
import { exampleFitted, featureTable, rainRows } from './run.examples';

const trainer = resolve(__dirname, '../..');

/** A trainer in a process of its own, from compiled code; resolves when it is ready. */
export async function startTrainer(env: NodeJS.ProcessEnv): Promise<{ child: ChildProcess; url: string }> {
  const child = fork(resolve(trainer, 'dist/main.js'), [], {
    env,
    execArgv: [],
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  });
  const exited = once(child, 'exit').then(([code]) => Promise.reject(new Error(`the trainer ended with ${code}`)));
  const [{ ready }] = (await Promise.race([once(child, 'message'), exited])) as [{ ready: string }];
  exited.catch(() => undefined);
  return { child, url: ready };
}

export interface EndedJob {
  exit: number | null;
  out: string;
  err: string;
}

/** `perennial-trainer` with these arguments. */
export function startJob(
  args: readonly string[],
  env: NodeJS.ProcessEnv,
): { child: ChildProcess; ended: Promise<EndedJob> } {
  const child = fork(resolve(trainer, 'bin/perennial-trainer'), args, {
    env,
    execArgv: [],
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
  });
  const told = { out: '', err: '' };
  child.stdout?.on('data', (text: Buffer) => (told.out += text.toString()));
  child.stderr?.on('data', (text: Buffer) => (told.err += text.toString()));
  return { child, ended: once(child, 'close').then(([exit]) => ({ exit: exit as number | null, ...told })) };
}

/** Digest of the checkpoint that the request gives without any service around it, on `rainRows(400)`. */
export async function undisturbed(request: RunRequest, yaml: string): Promise<string> {
  const parsed = parsePipeline(yaml);
  if ('problems' in parsed) throw new Error(JSON.stringify(parsed.problems));
  const { training, trials } = trainingPlan(parsed.ok, request);
  const model = estimatorConfig(exampleFitted, parsed.ok.model);
  const source = await ParquetSource.open(writeParquet(featureTable(rainRows(400))));
  const rows = await improvementRows(source, model, request);
  const [trial] = trials;
  if (!trial) throw new Error('no trial');
  const { checkpoint } = await trainEstimator({ model, training: { ...training, ...trial }, ...rows }, {});
  return `sha256:${createHash('sha256').update(checkpoint).digest('hex')}`;
}
