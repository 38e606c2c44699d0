import { modelKinds } from '@perennial/pipeline';
import { checkPipelines } from '../input/pipeline.files';

type Environment = Record<string, string | undefined>;

/**
 * The caller's variables, and where LightGBM's native library is, when a pipeline needs it and they do not say. `install`
 * gives the file. @throws CommandError for a pipeline that cannot be read, and what `install` throws
 */
export async function withLibraries(
  environment: Environment,
  pipelines: readonly string[],
  install: () => Promise<string>,
): Promise<Environment> {
  if (environment.LIGHTGBM_LIBRARY) return environment;
  const checked = checkPipelines(pipelines, '/', environment);
  const needed = checked.some(({ pipeline }) => pipeline && modelKinds(pipeline).includes('lightgbm'));
  return needed ? { ...environment, LIGHTGBM_LIBRARY: await install() } : environment;
}
