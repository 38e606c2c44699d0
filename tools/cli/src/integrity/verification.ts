import {
  checkHistory,
  type CheckedInvariant,
  describeViolations,
  type History,
  type IntegrityReport,
  invariants,
  scopeTo,
} from '@perennial/integrity';
import { type Installation, type LiveOptions, readLiveHistory } from './live.history';

export interface Verification {
  readonly report: IntegrityReport;
  readonly history: History;
  /** Each violation with the events around it. */
  readonly violations: string;
  readonly unfinished: readonly string[];
}

export interface VerifyOptions extends LiveOptions {
  readonly pipeline?: string;
}

/** What only a test can observe: the paging service from its side, and each single change of a document. */
const seenInTestsOnly: ReadonlySet<string> = new Set([
  'one-page-per-incident',
  'no-lost-updates',
  'ended-cycles-stay-ended',
]);
/** What belongs to all pipelines together. */
const ofWholeInstallation: ReadonlySet<string> = new Set([
  'outbox-drains',
  'outbox-entries-published',
  'topics-match-outboxes',
  'outbox-order-kept',
  'offsets-behind-effects',
]);

const checkedLive = (pipeline: string | undefined) =>
  invariants.filter(
    ({ name }) => !seenInTestsOnly.has(name) && !(pipeline !== undefined && ofWholeInstallation.has(name)),
  );

const rounds = 3;

const namesOf = ({ results }: IntegrityReport): Set<string> =>
  new Set(
    results.flatMap(({ name, finding }) =>
      finding.outcome === 'violated' ? finding.violations.map(({ message }) => `${name}: ${message}`) : [],
    ),
  );

/** A violation that a second look does not find again was work in progress, seen from two sides at two moments. */
function lasting(result: CheckedInvariant, before: ReadonlySet<string>): CheckedInvariant {
  const { name, finding } = result;
  if (finding.outcome !== 'violated') return result;
  const violations = finding.violations.filter(({ message }) => before.has(`${name}: ${message}`));
  if (violations.length > 0) return { ...result, finding: { ...finding, violations } };
  const { checked, limits } = finding;
  return { ...result, finding: { outcome: 'proved', checked, limits: [...limits, 'the rest was still under way'] } };
}

function confirmed(report: IntegrityReport, before: ReadonlySet<string>): IntegrityReport {
  const results = report.results.map((result) => lasting(result, before));
  const count = (outcome: string) => results.filter(({ finding }) => finding.outcome === outcome).length;
  return { ...report, results, proved: count('proved'), violated: count('violated') };
}

/** Reads an installation and checks it; looks again at what is broken while it works, and when it began to meanwhile. */
export async function verify(installation: Installation, options: VerifyOptions): Promise<Verification> {
  let before: ReadonlySet<string> | undefined;
  for (let round = 1; ; round += 1) {
    const { history: whole, unfinished, interrupted } = await readLiveHistory(installation, options);
    const { pipeline } = options;
    const history = pipeline === undefined ? whole : scopeTo(whole, pipeline);
    const checked = checkHistory(history, checkedLive(pipeline));
    const report = before ? confirmed(checked, before) : checked;
    const again = interrupted || (report.violated > 0 && !history.atRest);
    if (!again || round === rounds) {
      return { report, history, violations: describeViolations(report, history), unfinished };
    }
    if (report.violated > 0) before = namesOf(report);
  }
}

/** In short, by name. */
export function guaranteesOf({ results, proved }: IntegrityReport) {
  const named = (holds: (result: CheckedInvariant) => boolean) => results.filter(holds).map(({ name }) => name);
  return {
    proved,
    violated: named(({ finding }) => finding.outcome === 'violated'),
    unchecked: named(({ finding }) => finding.outcome === 'not-checked' && finding.cause === 'unobserved'),
  };
}
