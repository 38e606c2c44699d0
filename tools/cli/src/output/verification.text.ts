import type { CheckedInvariant, Finding, IntegrityReport } from '@perennial/integrity';
import type { Style } from './style';
import { table } from './table';

function told(finding: Finding, style: Style): string {
  if (finding.outcome === 'not-checked') {
    return finding.cause === 'nothing' ? style('dim', finding.reason) : style('warn', `not checked: ${finding.reason}`);
  }
  const limits = finding.limits.length > 0 ? style('dim', ` (except: ${finding.limits.join('; ')})`) : '';
  if (finding.outcome === 'violated') return style('bad', `VIOLATED (${finding.violations.length})`) + limits;
  return style('good', `proved (${finding.checked} checked)`) + limits;
}

/** Of how many guarantees something could be said. */
export function verificationSummary({ proved, violated, unobserved, nothing }: IntegrityReport): string {
  return [
    `${proved} guarantees proved`,
    ...(violated > 0 ? [`${violated} VIOLATED`] : []),
    ...(unobserved > 0 ? [`${unobserved} not checked`] : []),
    ...(nothing > 0 ? [`${nothing} with nothing to check`] : []),
  ].join(', ');
}

export interface VerificationView {
  readonly report: IntegrityReport;
  readonly violations: string;
  readonly unfinished: readonly string[];
}

export function verificationText({ report, violations, unfinished }: VerificationView, style: Style): string {
  const rows = table<CheckedInvariant>(report.results, [
    { title: 'GUARANTEE', value: ({ name }) => name },
    { title: 'RESULT', value: ({ finding }) => told(finding, style) },
  ]);
  const moving = unfinished.length === 0 ? [] : [`Still under way, and left out: ${unfinished.join('; ')}`];
  return [rows, ...moving, ...(violations === '' ? [] : [violations]), verificationSummary(report)].join('\n\n');
}
