import {
  alertRaisedV1,
  alertResolvedV1,
  attemptsExhaustedV1,
  type DataOf,
  modelKeptV1,
  modelPromotedV1,
  notificationFailedV1,
  notificationSentV1,
} from '@perennial/contracts';
import { eventInvariant, limit } from '../checking/event.invariant';
import { groupBy } from '../checking/grouping';
import type { HistoryView, TypedEvent } from '../checking/history.view';
import { conclude, type Invariant, type Violation, unobserved, violation } from '../checking/invariant';
import type { AlertContent } from '../documents/documents';
import { incidentsOf } from '../history/incidents';

const performanceFailure = 'MODEL_PERFORMANCE_FAILURE';

type Raised = TypedEvent<DataOf<typeof alertRaisedV1>>;
type Exhausted = TypedEvent<DataOf<typeof attemptsExhaustedV1>>;

const performanceAlerts = (view: HistoryView): readonly Raised[] =>
  view.of(alertRaisedV1).filter(({ data }) => data.kind === performanceFailure);

/** An incident stays open until a later cycle ends well; failures until then join it instead of opening another. */
function isCovered(view: HistoryView, { data, time }: Exhausted): boolean {
  const documents = view.documents('alerts');
  const joined = ({ content }: { content: object }) => {
    const { kind, occurrences } = content as AlertContent;
    return kind === performanceFailure && occurrences.some(({ key }) => key === data.cycleId);
  };
  if (documents) return documents.some(joined);
  return performanceAlerts(view).some((alert) => {
    if (alert.data.dedupKey === data.cycleId) return true;
    if (alert.data.pipeline !== data.pipeline) return false;
    const [opened] = view.of(attemptsExhaustedV1).filter((other) => other.data.cycleId === alert.data.dedupKey);
    const [resolved] = view.of(alertResolvedV1).filter((other) => other.data.alertId === alert.data.alertId);
    const recovery = resolved && endingOf(view, resolved.data.resolvedBy);
    return opened !== undefined && opened.time <= time && (!recovery || recovery.time > time);
  });
}

const recoveries = (view: HistoryView) => [...view.of(modelKeptV1), ...view.of(modelPromotedV1)];

const endingOf = (view: HistoryView, cycleId: string) => recoveries(view).find(({ data }) => data.cycleId === cycleId);

const alertWhenExhausted = eventInvariant({
  name: 'alert-exactly-when-exhausted',
  promise: 'An alert about a model is raised when, and only when, the attempts of a cycle are exhausted.',
  subject: 'exhausted cycle or alert about a model',
  examine: (view) => {
    const exhausted = view.of(attemptsExhaustedV1).filter(({ data }) => view.facts(data.pipeline));
    const alerts = performanceAlerts(view);
    const silent = exhausted.filter((event) => !isCovered(view, event));
    const causes = new Set(view.of(attemptsExhaustedV1).map(({ data }) => data.cycleId));
    const removed = view.truncated(attemptsExhaustedV1.topic.name);
    const unfounded = removed ? [] : alerts.filter(({ data }) => !causes.has(data.dedupKey));
    return {
      checked: exhausted.length + alerts.length,
      violations: [
        ...(view.history.atRest
          ? silent.map((event) => violation(`${event.data.cycleId}: exhausted, and nobody was alerted`, [event]))
          : []),
        ...unfounded.map((event) => violation(`alert ${event.data.alertId}: no exhausted cycle is behind it`, [event])),
      ],
      limits: view.history.atRest
        ? []
        : limit(
            silent.map(({ data }) => data.cycleId),
            'its alert is awaited',
          ),
    };
  },
});

/** Cycles whose failure an alert holds: the one that raised it, and later ones that raised none of their own. */
function failuresOf(view: HistoryView, alert: Raised): readonly string[] {
  const document = view.documents('alerts')?.find(({ id }) => id === alert.data.alertId);
  if (document) return (document.content as AlertContent).occurrences.map(({ key }) => key);
  const own = new Set(performanceAlerts(view).map(({ data }) => data.dedupKey));
  const joined = view.of(attemptsExhaustedV1).filter(({ data }) => data.pipeline === alert.data.pipeline);
  return [alert.data.dedupKey, ...joined.map(({ data }) => data.cycleId).filter((cycleId) => !own.has(cycleId))];
}

/** When the last failure that an alert holds happened; what recovers must be later. */
function lastFailureOf(view: HistoryView, alert: Raised): string {
  const cycles = failuresOf(view, alert);
  const times = view.of(attemptsExhaustedV1).flatMap(({ data, time }) => (cycles.includes(data.cycleId) ? [time] : []));
  return times.sort().at(-1) ?? alert.time;
}

const resolvedOnRecovery = eventInvariant({
  name: 'alerts-resolved-on-recovery',
  promise: 'An alert about a model is resolved once, when a later cycle ends well, and not before.',
  subject: 'alert about a model',
  examine: (view) => {
    const resolutions = groupBy(view.of(alertResolvedV1), ({ data }) => data.alertId);
    const waiting: string[] = [];
    const violations = performanceAlerts(view).flatMap((alert): Violation[] => {
      const { alertId, pipeline } = alert.data;
      const [resolved, ...more] = resolutions.get(alertId) ?? [];
      if (more.length > 0) return [violation(`alert ${alertId}: resolved ${more.length + 1} times`, [alert, ...more])];
      const failedAt = lastFailureOf(view, alert);
      const recovered = recoveries(view).filter(({ data, time }) => data.pipeline === pipeline && time > failedAt);
      if (!resolved) {
        if (recovered.length === 0) return [];
        waiting.push(alertId);
        const told = violation(`alert ${alertId}: not resolved though ${recovered[0]!.data.cycleId} ended well`, [
          alert,
          recovered[0]!,
        ]);
        return view.history.atRest ? [told] : [];
      }
      const by = endingOf(view, resolved.data.resolvedBy);
      // A person may resolve it too; then nothing is to be found.
      const isCycle = view.distinct.some(
        ({ data }) => (data as { cycleId?: string }).cycleId === resolved.data.resolvedBy,
      );
      if (by || !isCycle) return [];
      return [violation(`alert ${alertId}: ${resolved.data.resolvedBy} did not end well`, [alert, resolved])];
    });
    const limits = view.history.atRest ? [] : limit(waiting, 'its resolution is awaited');
    return { checked: performanceAlerts(view).length, violations, limits };
  },
});

/** An alert is told to each channel once; a failed last try is said, and none is left waiting. */
const notifiedOnce = eventInvariant({
  name: 'alerts-told-once',
  promise: 'Each channel of an alert is told of it once, and of its resolution once, or the failure is recorded.',
  subject: 'notification',
  examine: (view) => {
    const final = view.of(notificationFailedV1).filter(({ data }) => data.final);
    const sent = view.of(notificationSentV1);
    const outcomes = groupBy<TypedEvent<{ notificationId: string }>>(
      [...sent, ...final],
      ({ data }) => data.notificationId,
    );
    const repeated = [...outcomes]
      .filter(([, events]) => events.length > 1)
      .map(([id, events]) => violation(`notification ${id}: ${events.length} outcomes`, events));
    const alerts = new Set(view.of(alertRaisedV1).map(({ data }) => data.alertId));
    const removed = view.truncated(alertRaisedV1.topic.name);
    const stray = removed ? [] : sent.filter(({ data }) => !alerts.has(data.alertId));
    const pending = (view.documents('notifications') ?? []).filter(
      ({ content }) => (content as { state: string }).state === 'pending',
    );
    const waiting = pending.map(({ id }) => id);
    return {
      checked: outcomes.size,
      violations: [
        ...repeated,
        ...stray.map((event) =>
          violation(`${event.data.notificationId}: told of an alert that was not raised`, [event]),
        ),
      ],
      limits: limit(waiting, 'is still being tried'),
    };
  },
});

/** What the paging service made of what it received; it can be seen from its side only. */
const onePagePerIncident: Invariant = {
  name: 'one-page-per-incident',
  promise: 'A pager rings once for each incident, for nothing else, and is told of the recovery.',
  check: (view) => {
    const { pages, events, atRest, pipelines } = view.history;
    if (!pages) return unobserved('the paging service is not observed');
    if (!events) return unobserved('the events were not read');
    const alerts = new Map(view.of(alertRaisedV1).map((event) => [event.data.dedupKey, event]));
    const resolved = new Set(view.of(alertResolvedV1).map(({ data }) => data.dedupKey));
    const incidents = incidentsOf(pages);
    const rung = new Set(incidents.map(({ dedupKey }) => dedupKey));
    const gaveUp = new Set(view.of(notificationFailedV1).flatMap(({ data }) => (data.final ? [data.dedupKey] : [])));
    const expected = performanceAlerts(view).filter(
      ({ data }) =>
        pipelines.some(({ name, pages: paged = true }) => name === data.pipeline && paged) &&
        !gaveUp.has(data.dedupKey),
    );
    const unheard = expected.filter(({ data }) => !rung.has(data.dedupKey));
    const wrong = incidents.flatMap(({ dedupKey, pages: rang, resolved: over }): Violation[] => {
      const cause = alerts.get(dedupKey);
      const known = cause ? [cause] : [];
      if (!cause) return [violation(`incident ${dedupKey}: no alert is behind it`)];
      if (rang !== 1) return [violation(`incident ${dedupKey}: rang ${rang} times`, known)];
      if (over && !resolved.has(dedupKey)) return [violation(`incident ${dedupKey}: taken back too early`, known)];
      const untold = !over && resolved.has(dedupKey) && !gaveUp.has(dedupKey) && atRest;
      return untold ? [violation(`incident ${dedupKey}: its recovery was not told`, known)] : [];
    });
    const missing = atRest
      ? unheard.map((event) => violation(`${event.data.dedupKey}: nobody was paged`, [event]))
      : [];
    return conclude(incidents.length + unheard.length, [...missing, ...wrong], 'incident');
  },
};

export const alertInvariants: readonly Invariant[] = [
  alertWhenExhausted,
  resolvedOnRecovery,
  notifiedOnce,
  onePagePerIncident,
];
