/** One thing wrong with a pipeline. */
export interface PipelineProblem {
  /** Dotted, e.g. `dataset.columns[2].type`; empty for the whole document. */
  path: string;
  rule: string;
  /** The offending value; undefined where a required value is absent. */
  value: unknown;
  /** From 1; null where the value comes from an environment variable or is nowhere in the file. */
  line: number | null;
  /** The environment variable that supplied the value. */
  variable?: string;
}

export type ParseResult<T> = { ok: T; problems?: undefined } | { ok?: undefined; problems: PipelineProblem[] };

function shown(value: unknown): string {
  const text = JSON.stringify(value) ?? 'nothing';
  return text.length > 80 ? `${text.slice(0, 77)}...` : text;
}

/** One problem a line: place, path, rule, value. */
export function formatProblems(problems: readonly PipelineProblem[], file = 'pipeline.yaml'): string {
  return problems
    .map(({ path, rule, value, line, variable }) => {
      const place = variable ?? (line === null ? file : `${file}:${line}`);
      const subject = path === '' ? '' : ` ${path}`;
      const found = value === undefined ? '' : `; found ${shown(value)}`;
      return `${place}${subject}: ${rule}${found}`;
    })
    .join('\n');
}
