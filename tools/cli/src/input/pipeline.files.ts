import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join, resolve, sep } from 'node:path';
import { formatProblems, parsePipeline, type Pipeline, type PipelineProblem } from '@perennial/pipeline';
import { badInput } from '../command.error';

export interface CheckedFile {
  file: string;
  pipeline: Pipeline | null;
  problems: PipelineProblem[];
}

type Environment = Readonly<Record<string, string | undefined>>;

/** As the services choose them: not in hidden folders. */
const isPipeline = (file: string): boolean =>
  /\.ya?ml$/.test(file) && !file.split(sep).some((part) => part.startsWith('.'));

function filesOf(path: string, cwd: string): string[] {
  const absolute = resolve(cwd, path);
  const found = statSync(absolute, { throwIfNoEntry: false });
  if (!found) throw badInput(`${path}: there is no such file or folder`);
  if (!found.isDirectory()) return [path];
  const names = readdirSync(absolute, { recursive: true, encoding: 'utf8' }).filter(isPipeline);
  if (names.length === 0) throw badInput(`${path}: holds no .yaml file`);
  return names.sort().map((name) => join(path, name));
}

function check(file: string, cwd: string, env: Environment): CheckedFile {
  const parsed = parsePipeline(readFileSync(resolve(cwd, file), 'utf8'), { env });
  return { file, pipeline: parsed.ok ?? null, problems: parsed.problems ?? [] };
}

/** Two pipelines of one name would overwrite each other's models. */
function namesChecked(checked: readonly CheckedFile[]): CheckedFile[] {
  return checked.map((each, index) => {
    const name = each.pipeline?.name;
    const twin = checked.slice(0, index).find(({ pipeline }) => name !== undefined && pipeline?.name === name);
    if (!twin) return each;
    const problem = { path: 'name', rule: `must be unique: ${twin.file} has it as well`, value: name, line: null };
    return { ...each, problems: [...each.problems, problem] };
  });
}

/** Reads every pipeline of the files and folders. @throws CommandError that lists every problem of every file */
export function checkPipelines(paths: readonly string[], cwd: string, env: Environment): CheckedFile[] {
  const checked = namesChecked(paths.flatMap((path) => filesOf(path, cwd)).map((file) => check(file, cwd, env)));
  const wrong = checked.filter(({ problems }) => problems.length > 0);
  if (wrong.length === 0) return checked;
  const count = wrong.reduce((sum, { problems }) => sum + problems.length, 0);
  const lines = wrong.map(({ file, problems }) => formatProblems(problems, file)).join('\n');
  const title = `${count} ${count === 1 ? 'problem' : 'problems'} in ${wrong.map(({ file }) => file).join(', ')}`;
  const details = { files: wrong.map(({ file, problems }) => ({ file, problems })) };
  throw badInput(`${title}\n${lines}`, { code: 'INVALID_PIPELINE', details });
}
