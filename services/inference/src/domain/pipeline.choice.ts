export type PipelineChoice =
  { pipeline: string } | { refused: 'UNKNOWN_PIPELINE' | 'AMBIGUOUS_PIPELINE'; value: unknown; rule: string };

/** The named pipeline, or the only one that is declared. */
export function choosePipeline(asked: unknown, declared: readonly string[]): PipelineChoice {
  const known = declared.join(', ');
  if (asked === undefined || asked === null) {
    const [only] = declared;
    if (only !== undefined && declared.length === 1) return { pipeline: only };
    return { refused: 'AMBIGUOUS_PIPELINE', value: null, rule: `must name one of ${known}` };
  }
  if (typeof asked === 'string' && declared.includes(asked)) return { pipeline: asked };
  return { refused: 'UNKNOWN_PIPELINE', value: asked, rule: `must be one of ${known}` };
}
