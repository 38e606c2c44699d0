import {
  cycleStartedV1,
  type DataOf,
  modelJudgedV1,
  modelKeptV1,
  modelPromotedV1,
  retrainingRequestedV1,
  runStartedV1,
} from '@perennial/contracts';
import { eventInvariant, limit } from '../checking/event.invariant';
import { groupBy } from '../checking/grouping';
import type { HistoryView, TypedEvent } from '../checking/history.view';
import { type Violation, violation } from '../checking/invariant';
import type { CycleContent } from '../documents/documents';
import type { BatchSplit, PartCounts, Shares } from '../history/batch.split';
import { describeSample } from '../history/sample';

type Judged = TypedEvent<DataOf<typeof modelJudgedV1>>;

/** A model that could not be scored is judged on no row and has no metric. */
const isScored = ({ data }: Judged): boolean => data.holdoutRows > 0 || data.metrics.f1.value !== null;

/** Shares that each cycle works with: as its document has them, else as its attempts were given them. */
function sharesByCycle(view: HistoryView): Map<string, Shares> {
  const shares = new Map<string, Shares>();
  for (const { data } of view.of(retrainingRequestedV1)) shares.set(data.cycleId, data);
  for (const { id, content } of view.documents('evaluation_cycles') ?? []) {
    const policy = (content as CycleContent).terms?.policy;
    if (policy) shares.set(id, policy);
  }
  return shares;
}

const partOf = (split: BatchSplit | undefined, shares: Shares | undefined): PartCounts | undefined =>
  shares &&
  split?.parts.find(
    (part) => part.holdoutShare === shares.holdoutShare && part.validationShare === shares.validationShare,
  );

class Splits {
  private readonly batches: Map<string, BatchSplit>;
  readonly shares: Map<string, Shares>;

  constructor(view: HistoryView) {
    this.batches = new Map((view.history.splits ?? []).map((split) => [split.batchId, split]));
    this.shares = sharesByCycle(view);
  }

  part(batchId: string | undefined, cycleId: string): PartCounts | undefined {
    return batchId === undefined ? undefined : partOf(this.batches.get(batchId), this.shares.get(cycleId));
  }
}

function judgedElsewhere(event: Judged, part: PartCounts): Violation[] {
  const { cycleId, role, attempt, holdoutRows } = event.data;
  if (holdoutRows === part.holdout) return [];
  const who = role === 'incumbent' ? 'the incumbent' : `the candidate of attempt ${attempt}`;
  return [violation(`${cycleId}: ${who} was judged on ${holdoutRows} rows, the holdout has ${part.holdout}`, [event])];
}

function trainedElsewhere(event: TypedEvent<DataOf<typeof runStartedV1>>, parts: readonly PartCounts[]): Violation[] {
  const sum = (count: 'train' | 'validation') => parts.reduce((total, part) => total + part[count], 0);
  const { runId, trainRows, validationRows } = event.data;
  if (trainRows === sum('train') && validationRows === sum('validation')) return [];
  const told = `${trainRows} and ${validationRows} rows`;
  return [
    violation(
      `${runId}: trained and validated on ${told}; outside the holdout are ${sum('train')} and ${sum('validation')}`,
      [event],
    ),
  ];
}

const verdictOnHeldOutRows = eventInvariant({
  name: 'verdict-on-held-out-rows',
  promise: 'Models are judged on all rows of the day that were held out, and trained on none of them.',
  subject: 'judged model or training run',
  examine: (view) => {
    if (!view.history.splits) return 'the prepared batches were not read';
    const splits = new Splits(view);
    const batchOf = new Map(view.of(cycleStartedV1).map(({ data }) => [data.cycleId, data.batchId]));
    const violations: Violation[] = view.history.splits
      .filter(({ misplaced }) => misplaced.count > 0)
      .map(({ batchId, misplaced }) =>
        violation(`${batchId}: the split of rows does not follow from their ids: ${describeSample(misplaced)}`),
      );
    const unknown: string[] = [];
    let checked = 0;
    for (const event of view.of(modelJudgedV1).filter(isScored)) {
      const part = splits.part(batchOf.get(event.data.cycleId), event.data.cycleId);
      if (!part) unknown.push(event.data.cycleId);
      else {
        checked += 1;
        violations.push(...judgedElsewhere(event, part));
      }
    }
    const requests = new Map(view.of(retrainingRequestedV1).map(({ data }) => [data.runId, data]));
    for (const event of view.of(runStartedV1)) {
      const { runId, cycleId } = event.data;
      const parts = requests.get(runId)?.batches.map((batchId) => splits.part(batchId, cycleId)) ?? [undefined];
      if (parts.some((part) => part === undefined)) unknown.push(runId);
      else {
        checked += 1;
        violations.push(...trainedElsewhere(event, parts as PartCounts[]));
      }
    }
    return { checked, violations, limits: limit(unknown, 'its batches or its shares are not known') };
  },
});

const sameHoldoutForAll = eventInvariant({
  name: 'same-holdout-for-all',
  promise: 'The serving model and every candidate of a cycle are judged on equally many rows, each once.',
  subject: 'judged model',
  examine: (view) => {
    const judged = view.of(modelJudgedV1);
    const violations = [...groupBy(judged.filter(isScored), ({ data }) => data.cycleId)].flatMap(
      ([cycleId, events]) => {
        const rows = [...new Set(events.map(({ data }) => data.holdoutRows))];
        return rows.length > 1 ? [violation(`${cycleId}: judged on ${rows.join(' and ')} rows`, events)] : [];
      },
    );
    return { checked: judged.length, violations };
  },
});

const verdictBeforeDecision = eventInvariant({
  name: 'decisions-follow-verdicts',
  promise: 'A model is kept or promoted only after a verdict that it passed.',
  subject: 'kept or promoted model',
  examine: (view) => {
    const passed = view.of(modelJudgedV1).filter(({ data }) => data.verdict.passed);
    const before = (judged: Judged, decided: TypedEvent<unknown>) =>
      judged.partition !== decided.partition || judged.offset < decided.offset;
    const unproven = [
      ...view.of(modelKeptV1).filter(
        (kept) =>
          !passed.some((judged) => {
            const { cycleId, role, model } = judged.data;
            const same = cycleId === kept.data.cycleId && model.version === kept.data.version;
            return same && role === 'incumbent' && before(judged, kept);
          }),
      ),
      ...view.of(modelPromotedV1).filter(
        (promoted) =>
          !passed.some((judged) => {
            const { cycleId, role, attempt, model } = judged.data;
            const same = cycleId === promoted.data.cycleId && attempt === promoted.data.attempt;
            return (
              same &&
              role === 'candidate' &&
              model.artifact.digest === promoted.data.candidate.artifact.digest &&
              before(judged, promoted)
            );
          }),
      ),
    ];
    return {
      checked: view.of(modelKeptV1).length + view.of(modelPromotedV1).length,
      violations: unproven.map((event) =>
        violation(`${event.data.cycleId}: decided without a passing verdict`, [event]),
      ),
    };
  },
});

export const verdictInvariants = [verdictOnHeldOutRows, sameHoldoutForAll, verdictBeforeDecision];
