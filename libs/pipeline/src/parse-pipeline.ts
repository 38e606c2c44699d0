import { z } from 'zod';
import {
  crossFieldFindings,
  idleTraining,
  searchProblems,
  surplusAttempts,
  type ValidParts,
} from './cross-field.rules';
import { applyEnvironment, type Environment } from './environment.overrides';
import { chosenOption } from './known-keys';
import { DEFAULT_MODEL_KIND } from './model.schema';
import { pathText } from './path';
import { resolveDefaults, type Pipeline } from './pipeline';
import { pipelineSchema } from './pipeline.schema';
import type { ParseResult, PipelineProblem } from './problem';
import { schemaFindings, type Finding } from './schema.problems';
import { parseYaml, type YamlDocument } from './yaml.document';

const isMap = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** Fields of a map that are valid each by itself, two levels deep: what rules between fields may read. */
function validParts(shape: z.core.$ZodShape, input: unknown, depth: number): Record<string, unknown> {
  const map = isMap(input) ? input : {};
  const parts: Record<string, unknown> = {};
  for (const [key, schema] of Object.entries(shape)) {
    const result = z.safeParse(schema, map[key]);
    if (result.success) parts[key] = result.data;
    else {
      const inner = chosenOption(schema, map[key]);
      if (depth > 0 && inner instanceof z.ZodObject) parts[key] = validParts(inner.shape, map[key], depth - 1);
    }
  }
  return parts;
}

/** A model that names no kind is of the default one. */
function withModelKind(value: unknown): unknown {
  if (!isMap(value) || !isMap(value.model) || value.model.kind !== undefined) return value;
  return { ...value, model: { kind: DEFAULT_MODEL_KIND, ...value.model } };
}

function located(finding: Finding, document: YamlDocument, variables: ReadonlyMap<string, string>): PipelineProblem {
  const path = pathText(finding.path);
  const variable = variables.get(path);
  const { rule, value } = finding;
  if (variable !== undefined) return { path, rule, value, line: null, variable };
  return { path, rule, value, line: document.lineOf(finding.path) };
}

const byLine = (a: PipelineProblem, b: PipelineProblem) => (a.line ?? 0) - (b.line ?? 0);

/**
 * Parses, overrides by environment, validates and fills defaults. All problems are reported at once,
 * in the order of the file, those of environment variables first.
 */
export function parsePipeline(yamlText: string, options: { env?: Environment } = {}): ParseResult<Pipeline> {
  const document = parseYaml(yamlText);
  if (document.problems.length > 0) return { problems: document.problems };
  if (!isMap(document.value)) {
    return { problems: [{ path: '', rule: 'must be a map', value: document.value ?? undefined, line: 1 }] };
  }
  const { value: declared, variables, findings } = applyEnvironment(document.value, options.env ?? {});
  const value = withModelKind(declared);
  const parts = validParts(pipelineSchema.shape, value, 1) as ValidParts;
  const all = [
    ...findings,
    ...schemaFindings(pipelineSchema, value),
    ...crossFieldFindings(parts),
    ...idleTraining(value),
    ...searchProblems(value),
    ...surplusAttempts(document.value),
  ];
  if (all.length > 0) return { problems: all.map((finding) => located(finding, document, variables)).sort(byLine) };
  return { ok: resolveDefaults(pipelineSchema.parse(value)) };
}
