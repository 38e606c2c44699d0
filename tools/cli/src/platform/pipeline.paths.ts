import { existsSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { badInput } from '../command.error';

/** The checkout's root: the first directory upwards that holds the examples. */
function exampleDirectory(): string | undefined {
  for (let directory = __dirname; dirname(directory) !== directory; directory = dirname(directory)) {
    const candidate = join(directory, 'examples', 'credit-default', 'pipeline.yaml');
    if (existsSync(candidate)) return candidate;
  }
  return undefined;
}

interface Surroundings {
  cwd: string;
  env: Readonly<Record<string, string | undefined>>;
  /** What this home ran last; a restart must not leave pipelines out. Absolute paths. */
  last?: readonly string[];
}

/**
 * Which pipelines to run: as asked for, else PIPELINES, else those of the last time, else ./pipelines or
 * ./pipeline.yaml, else the first example. The example does not count as a choice of the last time.
 * Absolute paths. @throws CommandError for a path that does not exist
 */
export function pipelinePaths(asked: readonly string[] | undefined, { cwd, env, last = [] }: Surroundings): string[] {
  const named = asked?.length ? asked : (env.PIPELINES?.split(',').map((path) => path.trim()) ?? []).filter(Boolean);
  for (const path of named) {
    if (!existsSync(resolve(cwd, path))) throw badInput(`pipeline ${path}: there is no such file or folder`);
  }
  if (named.length > 0) return named.map((path) => resolve(cwd, path));
  const example = exampleDirectory();
  const chosenBefore = last.some((path) => path !== example);
  const gone = chosenBefore ? last.find((path) => !existsSync(path)) : undefined;
  if (gone !== undefined) {
    const hint = 'name the pipelines to run: perennial up --pipelines FILE …';
    throw badInput(`pipeline ${gone}, which ran last time: there is no such file or folder`, { hint });
  }
  if (chosenBefore) return [...last];
  const local = ['pipelines', 'pipeline.yaml'].map((path) => resolve(cwd, path)).find((path) => existsSync(path));
  const chosen = local ?? example;
  if (chosen) return [chosen];
  throw badInput('no pipeline was named', { hint: 'name one: perennial up --pipelines pipeline.yaml' });
}
