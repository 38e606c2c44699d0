import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { formatProblems, parsePipeline, type Pipeline } from '@perennial/pipeline';

export const pipelineFile = join(__dirname, '..', '..', 'pipeline.yaml');

/** This example's pipeline.yaml, without overrides from the environment. */
export function readPipeline(text = readFileSync(pipelineFile, 'utf8')): Pipeline {
  const parsed = parsePipeline(text, { env: {} });
  if (parsed.problems) throw new Error(`${pipelineFile}:\n${formatProblems(parsed.problems)}`);
  return parsed.ok;
}
