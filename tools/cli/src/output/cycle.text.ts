import type { CycleDetail, CycleSummary, Judgement } from '../client/platform.views';
import { countText, instantText, scoreText } from './figures';
import type { Style, Tone } from './style';
import { indented, pairs, table } from './table';

const tones: Readonly<Record<string, Tone>> = {
  kept: 'good',
  promoted: 'good',
  exhausted: 'bad',
  skipped: 'warn',
};

export const statusWord = (status: string, style: Style): string => style(tones[status] ?? 'dim', status);

export function cyclesTable(cycles: readonly CycleSummary[], style: Style): string {
  return table(cycles, [
    { title: 'PIPELINE', value: ({ pipeline }) => pipeline },
    { title: 'DAY', value: ({ day }) => day },
    { title: 'VERDICT', value: ({ status }) => statusWord(status, style) },
    { title: 'ATTEMPTS', align: 'right', value: ({ attempts }) => attempts },
    { title: 'INCUMBENT', value: ({ incumbent }) => incumbent },
    { title: 'UPDATED', value: ({ updatedAt }) => instantText(updatedAt) },
  ]);
}

interface Row {
  role: string;
  strategy: string | null;
  judgement: Judgement | null;
  failure: string | null;
}

/** The incumbent, then each attempt, also one that gave no candidate. */
function judgedRows({ judgements, attemptStates }: CycleDetail): Row[] {
  const judged = (attempt: number) => judgements.find((each) => each.attempt === attempt)?.judgement ?? null;
  const incumbent = judged(0);
  const attempts = attemptStates.map(({ attempt, strategy, failure }) => ({
    role: `attempt ${attempt}`,
    strategy,
    failure,
    judgement: judged(attempt),
  }));
  return [
    ...(incumbent ? [{ role: 'incumbent', strategy: null, judgement: incumbent, failure: null }] : []),
    ...attempts,
  ];
}

function outcome({ judgement, failure }: Row, style: Style): string {
  if (failure) return style('bad', failure);
  if (!judgement) return style('dim', 'under way');
  const { passed, threshold } = judgement.verdict;
  return passed ? style('good', `passed (at least ${threshold})`) : style('bad', `failed (below ${threshold})`);
}

function judgementsTable(rows: readonly Row[], metric: string, style: Style): string {
  const value = (name: string) => (row: Row) => scoreText(row.judgement?.metrics[name]);
  const others = ['precision', 'recall', 'rocAuc'].filter((name) => name !== metric);
  return table(rows, [
    { title: 'MODEL', value: ({ role }) => role },
    { title: 'STRATEGY', value: ({ strategy }) => strategy },
    {
      title: metric.toUpperCase(),
      value: ({ judgement }) => scoreText(judgement?.metrics[metric], { interval: true }),
    },
    ...others.map((name) => ({ title: name.toUpperCase(), value: value(name) })),
    { title: 'VERDICT', value: (row: Row) => outcome(row, style) },
  ]);
}

/** `data-quality: failure: row count is 5, below the limit of 200`; null for a cycle that was not skipped. */
function skipReason({ events }: CycleDetail): string | null {
  const skipped = events.find(({ type }) => type === 'cycle-skipped');
  if (!skipped) return null;
  const { reason, details } = skipped.data as { reason?: string; details?: string[] };
  return `${reason ?? 'unknown'}: ${(details ?? []).join('; ')}`;
}

/** One cycle in full: what was judged, on what, and the course of events. */
export function cycleText(cycle: CycleDetail, style: Style): string {
  const { pipeline, day, status, incumbent, batch, gate, judgements, events, correlationId } = cycle;
  const holdout = judgements[0]?.judgement.holdoutRows;
  const rows = [
    batch?.rows === undefined ? null : `${countText(batch.rows)} rows`,
    batch?.labelledRows === undefined ? null : `${countText(batch.labelledRows)} labelled`,
    holdout === undefined ? null : `${countText(holdout)} held out`,
  ];
  const why = skipReason(cycle);
  const facts = pairs([
    ['verdict', statusWord(status, style)],
    ...(why ? [['why', why] as const] : []),
    ['incumbent', incumbent],
    ['gate', gate && `${gate.metric} (${gate.averaging}) of at least ${gate.threshold}`],
    ['data', rows.filter(Boolean).join(', ') || null],
    ['correlation id', correlationId],
  ]);
  const judged = judgedRows(cycle);
  const course = events.map(({ at, type }) => `${style('dim', instantText(at))}  ${type}`).join('\n');
  return [
    style('strong', `${pipeline} ${day}`),
    indented(facts),
    ...(judged.length > 0 ? [indented(judgementsTable(judged, gate?.metric ?? 'f1', style))] : []),
    ...(course ? [indented(course)] : []),
  ].join('\n\n');
}
