import { isMap, isSeq, isScalar, LineCounter, parseDocument, type Node, type Pair } from 'yaml';
import type { Path } from './path';
import type { PipelineProblem } from './problem';

export interface YamlDocument {
  value: unknown;
  problems: PipelineProblem[];
  /** Line (from 1) of the deepest node on the path that is in the file. */
  lineOf(path: Path): number | null;
}

const keyText = (pair: Pair) => (isScalar(pair.key) ? String(pair.key.value) : '');

/** Offsets of key and value one level down. */
function step(node: unknown, part: string | number): { offset: number; node: unknown } | null {
  if (isMap(node)) {
    const pair = node.items.find((item) => keyText(item) === String(part));
    const key = pair?.key as Node | undefined;
    return pair && key?.range ? { offset: key.range[0], node: pair.value } : null;
  }
  if (isSeq(node)) {
    const item = node.items[Number(part)] as Node | undefined;
    return item?.range ? { offset: item.range[0], node: item } : null;
  }
  return null;
}

const unreadable = (reason: string): PipelineProblem => ({
  path: '',
  rule: `is not valid YAML: ${reason}`,
  value: undefined,
  line: 1,
});

/** The parser works its way down by recursion: text that is nested some thousand deep exhausts the stack. */
function documentOf(text: string, lineCounter: LineCounter) {
  try {
    return parseDocument(text, { lineCounter, prettyErrors: false, logLevel: 'error' });
  } catch (error) {
    if (error instanceof RangeError) return null;
    throw error;
  }
}

/** Parses YAML 1.2 (core schema, no custom tags); syntax errors and duplicate keys are problems with a line. */
export function parseYaml(text: string): YamlDocument {
  const lines = new LineCounter();
  const document = documentOf(text, lines);
  if (!document) return { value: undefined, problems: [unreadable('it is nested too deep')], lineOf: () => null };
  const problems = document.errors.map((error): PipelineProblem => ({
    path: '',
    rule: `is not valid YAML: ${error.message}`,
    value: undefined,
    line: lines.linePos(error.pos[0]).line,
  }));
  const lineOf = (path: Path) => {
    let node: unknown = document.contents;
    let offset = document.contents?.range?.[0] ?? null;
    for (const part of path) {
      const next = step(node, part);
      if (!next) break;
      ({ node, offset } = next);
    }
    return offset === null ? null : lines.linePos(offset).line;
  };
  if (problems.length > 0) return { value: undefined, problems, lineOf };
  try {
    return { value: document.toJS({ maxAliasCount: 100 }) as unknown, problems, lineOf };
  } catch (error) {
    // An unknown alias, or too many.
    return { value: undefined, problems: [unreadable((error as Error).message)], lineOf };
  }
}
