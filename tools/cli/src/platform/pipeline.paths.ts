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

/**
 * Which pipelines to run: as asked for, else PIPELINES, else ./pipelines or ./pipeline.yaml, else the first example.
 * Absolute paths. @throws CommandError for a path that does not exist
 */
export function pipelinePaths(
  asked: readonly string[] | undefined,
  { cwd, env }: { cwd: string; env: Readonly<Record<string, string | undefined>> },
): string[] {
  const named = asked?.length ? asked : (env.PIPELINES?.split(',').map((path) => path.trim()) ?? []).filter(Boolean);
  for (const path of named) {
    if (!existsSync(resolve(cwd, path))) throw badInput(`pipeline ${path}: there is no such file or folder`);
  }
  if (named.length > 0) return named.map((path) => resolve(cwd, path));
  const local = ['pipelines', 'pipeline.yaml'].map((path) => resolve(cwd, path)).find((path) => existsSync(path));
  const chosen = local ?? exampleDirectory();
  if (chosen) return [chosen];
  throw badInput('no pipeline was named', { hint: 'name one: perennial up --pipelines pipeline.yaml' });
}
