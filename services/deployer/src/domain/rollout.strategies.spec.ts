import { apply, at, candidate, declared, moment, released, replica } from '../testing/deployment.examples';
import { seen } from '../testing/observation.examples';
import type { Deployment } from './deployment';
import { onApproved, onReplicas, onRollback } from './deployment.decider';
import type { DeploymentEvent } from './deployment.events';
import type { Observation } from './observation';
import { onTraffic, type TrafficCommand } from './traffic.decider';

/** A pipeline on which v1 serves and v2 was approved, its replica that follows at once, and what it counts. */
class Rollout {
  state: Deployment;
  readonly events: DeploymentEvent[] = [];
  private seconds = 0;

  constructor(
    private readonly policy: ReturnType<typeof declared>,
    readonly start: Deployment = released('v1'),
  ) {
    this.state = start;
  }

  approve(version = 'v2'): this {
    return this.take(onApproved(this.state, candidate(version), this.policy, moment(this.seconds)));
  }

  /** The replica routes what it shall, time passes, and the deployer looks. */
  pass(seconds: number, observations: Observation[] = [], serving = true): this {
    this.seconds += seconds;
    const { traffic } = this.state;
    const own = replica({
      ...{ state: 'serving', version: traffic?.arms[0]?.version, rolloutId: traffic?.rolloutId ?? null },
      ...{ trafficSequence: (traffic?.sequence ?? 0) - (serving ? 0 : 1), reportedAt: at(this.seconds) },
      aliveSince: at(this.seconds),
    });
    return this.take(onReplicas(this.state, [own], observations, this.policy, moment(this.seconds)));
  }

  /** `rows` of the candidate, ten times as many of the stable arm. */
  seeing(rows: number, seconds: number, errors = 0): this {
    const { arms } = this.state.traffic!;
    const counts = Object.fromEntries(arms.map(({ name }) => [name, { rows: rows * 10 }]));
    return this.pass(seconds, [seen(this.state.traffic!, { ...counts, candidate: { rows, errors } })]);
  }

  ask(command: Partial<TrafficCommand> & { action: TrafficCommand['action'] }): unknown {
    const full = { by: 'ana', reason: 'because', shadows: [], ...command } as TrafficCommand;
    const decided = onTraffic(this.state, full, this.policy, moment(this.seconds, `asked-at-${this.seconds}`));
    if ('refused' in decided) return decided;
    this.take(decided.events);
    return this.routed();
  }

  routed(): string {
    const { arms, shadows } = this.state.traffic!;
    const split = arms.map(({ name, version, weight }) => `${name}=${version}:${weight}`);
    return [...split, ...shadows.map(({ version }) => `(${version})`)].join(' ');
  }

  take(events: readonly DeploymentEvent[]): this {
    this.events.push(...events);
    this.state = apply(this.state, events);
    return this;
  }
}

const CANARY = `{ strategy: canary, canary: { steps: [
  { weight: 5, seconds: 60, minimumPredictions: 100 }, { weight: 50, seconds: 60, minimumPredictions: 100 }] } }`;
const canary = (text = CANARY) => new Rollout(declared(text)).approve();

describe('a canary', () => {
  it('goes up in steps, each once it has lasted and was seen enough, to the end', () => {
    const rollout = canary();
    expect(rollout.routed()).toBe('stable=v1:95 candidate=v2:5');
    expect(rollout.seeing(500, 59).routed()).toBe('stable=v1:95 candidate=v2:5');
    expect(rollout.seeing(99, 100).routed()).toBe('stable=v1:95 candidate=v2:5');
    expect(rollout.seeing(100, 0).routed()).toBe('stable=v1:50 candidate=v2:50');
    expect(rollout.state.phase).toBe('rolling');
    expect(rollout.seeing(100, 60).routed()).toBe('stable=v2:100');
    expect(rollout.pass(1).state).toMatchObject({ phase: 'completed', serving: 'v2', sequence: 2 });
    expect(rollout.events.map(({ type }) => type)).toEqual([
      ...['rollout-started', 'traffic-changed', 'traffic-changed', 'traffic-changed', 'rollout-completed'],
    ]);
    expect(rollout.events[2]).toMatchObject({
      by: 'policy:canary',
      reason: 'step 1 of 2 is done: 100 predictions in 159 s at 5 %',
      findings: expect.arrayContaining([
        { rule: 'step-done', breached: false, text: expect.any(String), measured: expect.any(Object) },
        expect.objectContaining({ rule: 'error-share', breached: false }),
      ]),
    });
    const sequences = rollout.events.flatMap((event) =>
      event.type === 'traffic-changed' ? [event.traffic.sequence] : [],
    );
    expect(sequences).toEqual([2, 3, 4]);
  });

  it('keeps the keys of the candidate in every step', () => {
    const rollout = canary();
    const [first] = rollout.state.traffic!.arms[1]!.buckets;
    const [second] = rollout.seeing(100, 60).state.traffic!.arms[1]!.buckets;
    expect(rollout.state.traffic!.experimentId).toBe('rollout-at-0');
    expect(second!.from <= first!.from && first!.to <= second!.to).toBe(true);
  });

  it('goes back at once when a guardrail is broken, and the numbers are kept', () => {
    const rollout = canary().seeing(50, 5, 50);
    expect(rollout.routed()).toBe('stable=v1:100');
    expect(rollout.events.slice(2)).toMatchObject([
      { type: 'rollout-failed', reason: expect.stringMatching(/^canary: error-share: 0.5 of 100/), restored: 'v1' },
      { type: 'rollout-started', rollout: { version: 'v1', kind: 'rollback' } },
      { type: 'traffic-changed', findings: expect.arrayContaining([expect.objectContaining({ breached: true })]) },
    ]);
    expect(rollout.pass(1).state).toMatchObject({ phase: 'completed', serving: 'v1' });
  });

  it('counts what was seen under the traffic of the step only', () => {
    const rollout = canary();
    const early = seen(rollout.state.traffic!, { stable: { rows: 1_000 }, candidate: { rows: 100 } });
    rollout.pass(60, [early]);
    expect(rollout.routed()).toBe('stable=v1:50 candidate=v2:50');
    expect(rollout.pass(60, [early]).routed()).toBe('stable=v1:50 candidate=v2:50');
  });

  it('waits for a replica that does not route the step yet, and fails with it', () => {
    const rollout = canary();
    const enough = [seen(rollout.state.traffic!, { stable: { rows: 1_000 }, candidate: { rows: 100 } })];
    expect(rollout.pass(100, enough, false).routed()).toBe('stable=v1:95 candidate=v2:5');
    const late = replica({ state: 'serving', version: 'v1', trafficSequence: 1, reportedAt: at(61) });
    const events = onReplicas(rollout.state, [late], [], declared(CANARY), moment(61));
    expect(events[0]).toMatchObject({ type: 'rollout-failed', replicas: ['a'] });
  });

  it('is shaped by a person: more, to the end, or back', () => {
    const arms = (weight: number) => ({
      arms: [
        { name: 'candidate', weight },
        { name: 'stable', weight: 100 - weight },
      ],
    });
    const raised = canary();
    expect(raised.ask({ action: 'weights', ...arms(50) })).toBe('stable=v1:50 candidate=v2:50');
    expect(raised.seeing(100, 60).routed()).toBe('stable=v2:100');
    expect(canary().ask({ action: 'promote' })).toBe('stable=v2:100');
    const aborted = canary();
    expect(aborted.ask({ action: 'abort', requestId: 'r' })).toBe('stable=v1:100');
    expect(aborted.events.slice(2)).toMatchObject([{ reason: 'aborted by ana: because' }, { requestId: 'r' }, {}]);
    expect(aborted.ask({ action: 'abort', requestId: 'r' })).toBe('stable=v1:100');
    expect(aborted.events).toHaveLength(5);
    expect(canary().ask({ action: 'weights', arms: [{ name: 'treatment', weight: 100 }] })).toEqual({
      refused: 'UNKNOWN_ARM',
      value: 'treatment',
    });
  });

  it('is ended by a rollback that a person asks for', () => {
    const rollout = canary();
    const asked = onRollback(rollout.state, { by: 'ana', reason: 'no' }, declared(CANARY), moment(1));
    rollout.take('events' in asked ? asked.events : []);
    expect(rollout.routed()).toBe('stable=v1:100');
  });

  it('is not for the first version, nor for going back', () => {
    expect(new Rollout(declared(CANARY), { ...released('v1'), ...fresh }).approve().routed()).toBe('stable=v2:100');
  });
});

const fresh = { releases: [], serving: null, rollout: null, traffic: null, phase: 'idle' as const };

describe('blue-green', () => {
  it('loads everywhere, turns at once, holds, and lets the old version go', () => {
    const rollout = new Rollout(declared('{ strategy: blue-green, blueGreen: { holdSeconds: 30 } }')).approve();
    expect(rollout.routed()).toBe('stable=v1:100 candidate=v2:0');
    expect(rollout.pass(1, [], false).routed()).toBe('stable=v1:100 candidate=v2:0');
    expect(rollout.pass(1).routed()).toBe('candidate=v2:100 stable=v1:0');
    expect(rollout.pass(29).routed()).toBe('candidate=v2:100 stable=v1:0');
    expect(rollout.pass(1).routed()).toBe('stable=v2:100');
    expect(rollout.pass(1).state).toMatchObject({ phase: 'completed', serving: 'v2' });
  });

  it('turns back while the old version is held', () => {
    const rollout = new Rollout(declared('{ strategy: blue-green }')).approve().pass(1);
    expect(rollout.seeing(10, 1, 100).routed()).toBe('stable=v1:100');
  });
});

describe('an A/B test', () => {
  const ab = () => new Rollout(declared('{ strategy: ab, ab: { control: a, treatment: b, weight: 30 } }')).approve();

  it('lasts until somebody decides', () => {
    const rollout = ab();
    expect(rollout.pass(1e6).routed()).toBe('a=v1:70 b=v2:30');
    expect(rollout.ask({ action: 'promote', arm: 'b' })).toBe('stable=v2:100');
    expect(rollout.pass(1).state).toMatchObject({ phase: 'completed', serving: 'v2' });
    expect(ab().ask({ action: 'promote', arm: 'a' })).toBe('stable=v1:100');
  });

  it('holds back what is approved meanwhile', () => {
    const rollout = ab().approve('v3');
    expect(rollout.state.waiting?.version).toBe('v3');
    rollout.ask({ action: 'promote' });
    expect(rollout.pass(1).routed()).toBe('a=v2:70 b=v3:30');
  });

  it('is made of versions that have served, where no rollout is under way', () => {
    const rollout = new Rollout(declared(), released('v1', 'v2', 'v3'));
    const arms = [
      { name: 'old', version: 'v1', weight: 20 },
      { name: 'now', version: 'v3', weight: 80 },
    ];
    expect(rollout.ask({ action: 'weights', arms, shadows: ['v2'] })).toBe('now=v3:80 old=v1:20 (v2)');
    const { experimentId } = rollout.state.traffic!;
    expect(
      rollout.ask({
        action: 'weights',
        arms: [
          { name: 'now', weight: 50 },
          { name: 'old', weight: 50 },
        ],
      }),
    ).toBe('now=v3:50 old=v1:50');
    expect(rollout.state.traffic!.experimentId).toBe(experimentId);
    rollout.approve('v4');
    expect(rollout.state.waiting?.version).toBe('v4');
    expect(rollout.ask({ action: 'promote', arm: 'old' })).toBe('stable=v1:100');
    expect(rollout.pass(1).state).toMatchObject({ serving: 'v1', rollout: { version: 'v4' } });
  });

  it.each([
    [[{ name: 'x', version: 'v9', weight: 100 }], 'UNKNOWN_VERSION', 'v9'],
    [[{ name: 'x', version: 'v1', weight: 100 }], 'SERVING_VERSION_MISSING', 'v2'],
    [[{ name: 'x', weight: 100 }], 'UNKNOWN_ARM', 'x'],
    [[{ name: 'a', version: 'v2', weight: 99.5 }], 'WEIGHTS_NOT_WHOLE', '99.5'],
    [[{ name: 'a', version: 'v2', weight: 99.999 }], 'WEIGHTS_NOT_WHOLE', '99.999'],
    [
      [
        { name: 'a', version: 'v2', weight: 1 },
        { name: 'b', version: 'v2', weight: 99 },
      ],
      'VERSION_REPEATED',
      'v2',
    ],
  ])('is refused where it makes no sense (case %#)', (arms, refused, value) => {
    expect(new Rollout(declared(), released('v1', 'v2')).ask({ action: 'weights', arms })).toEqual({ refused, value });
  });

  it('cannot be ended where there is none', () => {
    const none = { refused: 'NOTHING_UNDER_WAY', value: null };
    expect(new Rollout(declared()).ask({ action: 'abort' })).toEqual(none);
    expect(new Rollout(declared()).approve().ask({ action: 'promote' })).toEqual(none);
  });
});

it('a shadow looks on until somebody decides', () => {
  const rollout = new Rollout(declared('{ strategy: shadow }')).approve();
  expect(rollout.routed()).toBe('stable=v1:100 (v2)');
  expect(rollout.pass(1e6).routed()).toBe('stable=v1:100 (v2)');
  expect(rollout.ask({ action: 'promote' })).toBe('stable=v2:100');
});
