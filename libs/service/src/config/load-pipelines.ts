import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join, sep } from 'node:path';
import { formatProblems, parsePipeline, type Pipeline } from '@perennial/pipeline';
import { ConfigError } from './parse-config';

/** Not in hidden folders: Kubernetes keeps what a mounted folder shows a second time, under `..data`. */
const isPipeline = (file: string): boolean =>
  /\.ya?ml$/.test(file) && !file.split(sep).some((part) => part.startsWith('.'));

function filesAt(path: string): string[] {
  if (!statSync(path).isDirectory()) return [path];
  return readdirSync(path, { recursive: true, encoding: 'utf8' })
    .filter(isPipeline)
    .sort()
    .map((file) => join(path, file));
}

/** Reads every pipeline file; all problems of all files at once. Two pipelines of one name are refused. */
export function loadPipelines(paths: string[], env: Record<string, string | undefined>): Map<string, Pipeline> {
  const pipelines = new Map<string, Pipeline>();
  const problems: { variable: string; rule: string }[] = [];
  for (const path of paths) {
    let files: string[];
    try {
      files = filesAt(path);
    } catch {
      problems.push({ variable: 'PIPELINES', rule: `${path} cannot be read` });
      continue;
    }
    for (const file of files) {
      const parsed = parsePipeline(readFileSync(file, 'utf8'), { env });
      if (parsed.problems) problems.push({ variable: file, rule: `\n${formatProblems(parsed.problems)}` });
      else if (pipelines.has(parsed.ok.name))
        problems.push({ variable: file, rule: `pipeline ${parsed.ok.name} is declared twice` });
      else pipelines.set(parsed.ok.name, parsed.ok);
    }
  }
  if (problems.length > 0) throw new ConfigError('pipelines', problems);
  return pipelines;
}
