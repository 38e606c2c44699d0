import type { DemoReport, ReportedDay } from './demo.report';
import type { Incident } from './incident';

const score = (value: number | null): string => (value === null ? '–' : value.toFixed(3));

const columns: readonly (readonly [title: string, cell: (day: ReportedDay) => string])[] = [
  ['day', ({ day }) => day],
  ['rows', ({ rows }) => rows.toLocaleString('en-US')],
  ['rejected', ({ rejected }) => String(rejected)],
  ['served F1', ({ incumbent_f1 }) => score(incumbent_f1)],
  ['verdict', ({ verdict }) => verdict],
  ['attempts', ({ attempts }) => String(attempts)],
  ['best candidate F1', ({ candidate_f1 }) => score(candidate_f1)],
  ['serves afterwards', ({ version }) => version ?? '–'],
  ['alert', ({ alert }) => (alert ? (alert.resolved_at ? 'paged, resolved' : 'paged') : '–')],
];

/** The days as an aligned table. */
export function daysTable(days: readonly ReportedDay[]): string {
  const lines = [columns.map(([title]) => title), ...days.map((day) => columns.map(([, cell]) => cell(day)))];
  const widths = columns.map((_, index) => Math.max(...lines.map((line) => (line[index] as string).length)));
  return lines
    .map(
      (line) =>
        `  ${line
          .map((cell, index) => cell.padEnd(widths[index] as number))
          .join('  ')
          .trimEnd()}`,
    )
    .join('\n');
}

const indented = (text: string): string => text.replace(/^/gm, '    ');

/** The page as on-call saw it. */
export function pageText({
  severity,
  kind,
  summary,
  dedupKey,
  customDetails,
  links,
  triggeredAt,
  resolvedAt,
}: Incident): string {
  return [
    `  ${severity.toUpperCase()}  ${kind}`,
    `  ${summary}`,
    `  incident ${dedupKey}, received ${triggeredAt}, ${resolvedAt ? `resolved ${resolvedAt}` : 'still open'}`,
    ...links.map((link) => `  ${link}`),
    indented(JSON.stringify(customDetails, null, 2)),
  ].join('\n');
}

export function predictionsText({ predictions }: DemoReport): string {
  const versions = Object.entries(predictions.versions).map(([version, count]) => `${version}: ${count}`);
  return `  ${predictions.answered} answered, ${predictions.failed} failed (${versions.join(', ')})`;
}

export function guaranteesText({ guarantees, seconds }: DemoReport): string {
  const { proved, violated, unchecked } = guarantees;
  const wrong = violated.length > 0 ? `, VIOLATED: ${violated.join(', ')}` : '';
  const unseen = unchecked.length > 0 ? `, not checked: ${unchecked.join(', ')}` : '';
  return `Verify: ${proved} guarantees proved${wrong}${unseen} in ${seconds['verify']} s`;
}
