import fc from 'fast-check';
import { at, exhaustedOn, keptOn, openIncident } from '../testing/alert.examples';
import { cycleRecovered, exhausted } from './failures';
import type { Failure, Incident, Recovery } from './incident';
import { evolve, onAcknowledge, onFailure, onRecovery, remember, type Watch } from './incident.decider';

const nothing: Watch = { open: null, recovered: null };
const failure = (day: string): Failure => exhausted(exhaustedOn(day), at(day));
const recovery = (day: string): Recovery => cycleRecovered(keptOn(day), at(day))[0] as Recovery;

describe('an incident', () => {
  it('opens with the failure, keyed by its cycle', () => {
    const [event] = onFailure(nothing, failure('2026-01-04'));
    expect(event).toMatchObject({
      type: 'raised',
      incident: {
        alertId: 'credit-default.model-performance-failure.2026-01-04',
        dedupKey: 'credit-default/2026-01-04',
        severity: 'critical',
        state: 'open',
        summary:
          'credit-default on 2026-01-04: f1 of 20260101_000000 is 0.301 [0.271, 0.331], below 0.45; 3 retraining attempts reached at most 0.400',
        details: { threshold: 0.45, holdoutRows: 900, attempts: [{ attempt: 1 }, { attempt: 2 }, { attempt: 3 }] },
      },
    });
  });

  it('takes further failures in without opening another', () => {
    const open = openIncident();
    const [event] = onFailure({ ...nothing, open }, failure('2026-01-05'));
    expect(event).toMatchObject({ type: 'occurred', occurrence: { key: 'credit-default/2026-01-05' } });
    expect(evolve(open, event as never)).toMatchObject({ alertId: open.alertId, occurrences: { length: 2 } });
  });

  it('takes the same failure once', () => {
    expect(onFailure({ ...nothing, open: openIncident() }, failure('2026-01-04'))).toEqual([]);
  });

  it('ends with the next good day', () => {
    const watch = { ...nothing, open: openIncident() };
    expect(onRecovery(watch, recovery('2026-01-05'))).toMatchObject([
      { type: 'resolved', by: 'credit-default/2026-01-05' },
    ]);
  });

  it('does not end with an older good day that was read late', () => {
    expect(onRecovery({ ...nothing, open: openIncident() }, recovery('2026-01-03'))).toEqual([]);
  });

  it('that is read after its recovery is raised and resolved at once', () => {
    const watch = remember(nothing, recovery('2026-01-05'));
    expect(onFailure(watch, failure('2026-01-04')).map(({ type }) => type)).toEqual(['raised', 'resolved']);
  });

  it('is acknowledged once, and not after it ended', () => {
    const open = openIncident();
    const [event] = onAcknowledge(open, 'ann', at('2026-01-05'));
    const acknowledged = evolve(open, event as never);
    expect(acknowledged).toMatchObject({ state: 'acknowledged', acknowledgement: { by: 'ann' } });
    expect(onAcknowledge(acknowledged, 'bob', at('2026-01-05'))).toEqual([]);
    expect(onRecovery({ ...nothing, open: acknowledged }, recovery('2026-01-05'))).toHaveLength(1);
  });
});

describe('in whatever order days are read', () => {
  interface Seen {
    watch: Watch;
    raised: number;
    resolved: number;
    latest: Incident | null;
  }

  const read = (seen: Seen, [day, good]: readonly [string, boolean]): Seen => {
    const { watch } = seen;
    const events = good ? onRecovery(watch, recovery(day)) : onFailure(watch, failure(day));
    const latest = events.reduce<Incident | null>((incident, event) => evolve(incident, event), watch.open ?? null);
    const open = latest && latest.state !== 'resolved' ? latest : null;
    const next = { ...watch, open };
    return {
      watch: good ? remember(next, recovery(day)) : next,
      raised: seen.raised + events.filter(({ type }) => type === 'raised').length,
      resolved: seen.resolved + events.filter(({ type }) => type === 'resolved').length,
      latest,
    };
  };

  it('the last day decides whether an incident is open, and every incident but that one is resolved', () => {
    const days = fc.uniqueArray(fc.integer({ min: 10, max: 28 }), { minLength: 1, maxLength: 12 });
    const history = days.chain((numbers) =>
      fc.tuple(...numbers.map((n) => fc.tuple(fc.constant(`2026-01-${n}`), fc.boolean()))),
    );
    fc.assert(
      fc.property(history, (inOrderRead) => {
        const start: Seen = { watch: nothing, raised: 0, resolved: 0, latest: null };
        const end = inOrderRead.reduce<Seen>(read, start);
        const last = [...inOrderRead].sort(([a], [b]) => (a < b ? 1 : -1))[0];
        expect(end.watch.open !== null).toBe(last?.[1] === false);
        expect(end.raised - end.resolved).toBe(end.watch.open ? 1 : 0);
      }),
      { numRuns: 2000 },
    );
  });
});
