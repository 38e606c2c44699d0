import type { Fault } from '../faults/fault';
import { Scheduler } from './scheduler';
import { installVirtualGlobals } from './virtual.globals';

const startAt = Date.parse('2026-03-02T06:00:00Z');
const broker = (name: string) => ({ target: 'broker' as const, name });

/** Two processes that each do some operations with pauses; what happened is the trace. */
async function run(seed: number, faults: readonly Fault[] = []) {
  const crashed: string[] = [];
  const scheduler = new Scheduler({ seed, faults, startAt, keepTrace: 1_000, onCrash: (name) => crashed.push(name) });
  const restore = installVirtualGlobals(scheduler);
  const effects: string[] = [];
  const answers: string[] = [];
  const errors: string[] = [];
  const clocks = new Map<string, number>();
  const live = async (name: string) => {
    clocks.set(name, Date.now());
    for (let n = 1; n <= 5; n++) {
      const effect = () => effects.push(`${name}${n}`);
      await scheduler.perform(name, broker(`step ${n}`), effect).then(
        () => answers.push(`${name}${n}`),
        (error: Error) => errors.push(error.message),
      );
      await new Promise((resolve) => setTimeout(resolve, 1_000));
    }
  };
  try {
    for (const name of ['a', 'b']) scheduler.spawn(name, () => void live(name));
    for (const fault of faults) {
      if (fault.kind === 'pause') scheduler.outside(fault.at, () => scheduler.pause(fault.process, fault.ms));
    }
    const outcome = await scheduler.run(() => false, 60_000);
    return {
      outcome,
      effects,
      answers,
      errors,
      crashed,
      clocks,
      digest: scheduler.trace.digest(),
      trace: scheduler.trace.last(),
      elapsed: scheduler.elapsed(),
    };
  } finally {
    restore();
  }
}

describe('the scheduler', () => {
  it('lets everything happen, in an order that the seed gives', async () => {
    const [once, again, other] = [await run(1), await run(1), await run(2)];
    expect(once.outcome).toBe('idle');
    expect(once.answers).toHaveLength(10);
    expect(again.digest).toBe(once.digest);
    expect(other.digest).not.toBe(once.digest);
  });

  it('ends a process at the operation of a crash, with the request on its way or not', async () => {
    const crash = { kind: 'crash', process: 'a', operation: 3, downMs: 10 } as const;
    const sent = await run(1, [{ ...crash, sent: true }]);
    expect(sent.crashed).toEqual(['a']);
    expect(sent.answers.filter((name) => name.startsWith('a'))).toEqual(['a1', 'a2']);
    expect(sent.effects.filter((name) => name.startsWith('a'))).toEqual(['a1', 'a2', 'a3']);
    const unsent = await run(1, [{ ...crash, sent: false }]);
    expect(unsent.effects.filter((name) => name.startsWith('a'))).toEqual(['a1', 'a2']);
    expect(unsent.answers.filter((name) => name.startsWith('b'))).toHaveLength(5);
  });

  it('tells a lost request from a lost answer by the effect only', async () => {
    const faults: Fault[] = [
      { kind: 'fail', process: 'a', operation: 1, how: 'unreached' },
      { kind: 'fail', process: 'b', operation: 1, how: 'unanswered' },
    ];
    const { effects, errors, answers } = await run(1, faults);
    expect(errors).toHaveLength(2);
    expect(answers).not.toContain('a1');
    expect(answers).not.toContain('b1');
    expect(effects).not.toContain('a1');
    expect(effects).toContain('b1');
  });

  it('lets nothing of a paused process happen, nor its timers', async () => {
    const { trace, answers, elapsed } = await run(1, [{ kind: 'pause', process: 'a', at: 1_500, ms: 30_000 }]);
    const ofPaused = trace.filter((line) => line.includes(' a#')).map((line) => Number(line.split(' ')[0]));
    expect(ofPaused.filter((at) => at > 2_000 && at < 31_000)).toEqual([]);
    expect(answers).toHaveLength(10);
    expect(elapsed).toBeGreaterThan(31_500);
  });

  it('shows each process its own clock', async () => {
    const { clocks } = await run(1, [{ kind: 'skew', process: 'b', ms: 3_600_000 }]);
    expect([clocks.get('a'), clocks.get('b')]).toEqual([startAt, startAt + 3_600_000]);
  });

  it('cuts a process off for a while', async () => {
    const cut = { process: 'a', target: 'broker', at: 0, ms: 2_500, how: 'unreached' } as const;
    const { effects, errors } = await run(1, [{ kind: 'partition', ...cut }]);
    expect(errors.length).toBeGreaterThan(0);
    expect(effects).not.toContain('a1');
    expect(effects).toContain('a5');
    expect(effects.filter((name) => name.startsWith('b'))).toHaveLength(5);
  });
});
