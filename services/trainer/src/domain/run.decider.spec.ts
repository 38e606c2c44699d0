import { exampleFile, exampleRequest } from '../testing/run.examples';
import { decide, type RunCommand, type RunLimits } from './run.decider';
import type { RunEvent } from './run.events';
import { evolveAll } from './run.evolve';
import type { Claim, RunOutcome, TrainingRun } from './training.run';

const limits: RunLimits = { maxClaims: 3, maxRetries: 2, pauseMs: 1_000, maxPauseMs: 3_000 };
const second = (n: number): Date => new Date(Date.UTC(2026, 0, 4, 0, 0, n));
const claimOf = (number: number): Claim => ({ number, owner: `trainer-${number}`, token: number });
const outcome: RunOutcome = {
  runId: 'rain.2026-01-04.1',
  pipeline: 'rain',
  cycleId: 'rain/2026-01-04',
  attempt: 1,
  strategy: 'train',
  artifact: exampleFile('artifact'),
  checkpoint: exampleFile('checkpoint'),
  decisionThreshold: 0.4,
  hyperparameters: {},
  validation: { rows: 10, f1: 0.5, logLoss: 0.6 },
  trainRows: 50,
  seconds: 3,
};

const queue: RunCommand = { type: 'queue', at: second(0), request: exampleRequest(), timeoutMs: 3_600_000 };
const claim = (number: number, at = second(1)): RunCommand => {
  const { owner, token } = claimOf(number);
  return { type: 'claim', at, owner, token, limits };
};
const complete = (number: number): RunCommand => ({ type: 'complete', at: second(9), claim: claimOf(number), outcome });
const fail = (number: number, cause: 'permanent' | 'external' | 'lost', at = second(5)): RunCommand => {
  return { type: 'fail', at, claim: claimOf(number), cause, failure: { code: 'a.code', message: 'why' }, limits };
};

/** The run after the commands, and what followed from the last of them. */
function run(...commands: RunCommand[]): { run: TrainingRun | null; events: RunEvent[]; types: string[] } {
  let state: TrainingRun | null = null;
  let events: RunEvent[] = [];
  for (const command of commands) {
    events = decide(state, command);
    state = evolveAll(state, events);
  }
  return { run: state, events, types: events.map(({ type }) => type) };
}

describe('a run', () => {
  it('is queued once', () => {
    expect(run(queue).run).toMatchObject({ state: 'queued', claims: 0, notBefore: null });
    expect(run(queue, queue).types).toEqual([]);
    expect(run(queue, claim(1), complete(1), queue).types).toEqual([]);
  });

  it('is completed under its claim', () => {
    const { run: after, types } = run(queue, claim(1), complete(1));
    expect(types).toEqual(['run-completed']);
    expect(after).toMatchObject({ state: 'completed', claims: 1, claim: null, outcome: { decisionThreshold: 0.4 } });
  });

  it('is not taken up again once it is over', () => {
    expect(run(queue, claim(1), complete(1), claim(2)).types).toEqual([]);
    expect(run(queue, claim(1), fail(1, 'permanent'), claim(2)).types).toEqual([]);
  });

  it('does nothing for commands before it exists', () => {
    expect(run(claim(1)).types).toEqual([]);
    expect(run(complete(1)).run).toBeNull();
  });
});

describe('a run whose trainer was lost', () => {
  it('is taken up with a higher claim number', () => {
    expect(run(queue, claim(1), claim(2)).run).toMatchObject({ state: 'running', claims: 2, losses: 1 });
  });

  it('takes nothing more from the trainer that lost it', () => {
    expect(run(queue, claim(1), claim(2), complete(1)).types).toEqual([]);
    expect(run(queue, claim(1), claim(2), fail(1, 'permanent')).types).toEqual([]);
    expect(run(queue, claim(1), claim(2), complete(2)).types).toEqual(['run-completed']);
  });

  it('refuses a claim number under another fencing token', () => {
    const forged: RunCommand = { type: 'complete', at: second(9), claim: { ...claimOf(1), token: 77 }, outcome };
    expect(run(queue, claim(1), forged).types).toEqual([]);
  });

  it('is given up after the third loss', () => {
    const { run: after, events } = run(queue, claim(1), claim(2), claim(3), claim(4));
    expect(events).toMatchObject([{ type: 'run-failed', data: { code: 'run.abandoned', claim: 3 } }]);
    expect(after).toMatchObject({ state: 'failed', claims: 3 });
  });

  it('counts a training process that died as a loss', () => {
    const again = [claim(2, second(20)), fail(2, 'lost', second(21)), claim(3, second(40))] as const;
    expect(run(queue, claim(1), fail(1, 'lost'), ...again, fail(3, 'lost', second(41))).events).toMatchObject([
      { type: 'run-failed', data: { code: 'a.code' } },
    ]);
  });
});

describe('the checkpoints of a run', () => {
  const keep = (number: number, id: string): RunCommand => ({
    ...{ type: 'keep-checkpoint', at: second(3), claim: claimOf(number), training: 1, stage: 'checkpoint' },
    ...{ file: exampleFile(id), deleted: [] },
  });
  const gone = (...deleted: string[]): RunCommand => ({ type: 'delete-checkpoints', at: second(20), deleted });

  it('outlast its trainer', () => {
    const { run: after } = run(queue, claim(1), keep(1, 'a'), keep(1, 'b'), claim(2));
    expect(after?.kept).toMatchObject({ files: { 1: { checkpoint: { fileId: 'b' } } }, obsolete: [{ fileId: 'a' }] });
  });

  it('are taken only from the newest claim', () => {
    expect(run(queue, claim(1), claim(2), keep(1, 'a')).types).toEqual([]);
    expect(run(queue, claim(1), complete(1), keep(1, 'a')).types).toEqual([]);
  });

  it.each<[string, RunCommand]>([
    ['is completed', complete(1)],
    ['failed', fail(1, 'permanent')],
    ['was superseded', { type: 'supersede', at: second(7), attempt: 2 }],
  ])('are to be deleted once it %s, and that is recorded once', (_, end) => {
    expect(run(queue, claim(1), keep(1, 'a'), gone('a')).types).toEqual([]);
    const over = [queue, claim(1), keep(1, 'a'), keep(1, 'b'), end];
    expect(run(...over).run?.kept).toMatchObject({ files: {}, obsolete: [{ fileId: 'a' }, { fileId: 'b' }] });
    const cleared = run(...over, gone('a', 'b'));
    expect([cleared.types, cleared.run?.kept.obsolete]).toEqual([['checkpoints-deleted'], []]);
    expect(run(...over, gone('a', 'b'), gone('a', 'b')).types).toEqual([]);
  });
});

describe('a run that was interrupted', () => {
  it('fails at once for a permanent reason', () => {
    expect(run(queue, claim(1), fail(1, 'permanent')).run).toMatchObject({
      state: 'failed',
      failure: { code: 'a.code', message: 'why' },
    });
  });

  it('waits before it is tried again, longer each time', () => {
    const first = run(queue, claim(1), fail(1, 'external'));
    expect(first.run).toMatchObject({ state: 'queued', retries: 1, losses: 0, notBefore: second(6).toISOString() });
    expect(run(queue, claim(1), fail(1, 'external'), claim(2, second(5))).types).toEqual([]);
    const twice = run(queue, claim(1), fail(1, 'external'), claim(2, second(6)), fail(2, 'external', second(10)));
    expect(twice.run).toMatchObject({ retries: 2, notBefore: second(12).toISOString() });
  });

  it('fails when the retries are used up', () => {
    const commands = [queue, claim(1), fail(1, 'external'), claim(2, second(20)), fail(2, 'external', second(21))];
    expect(run(...commands, claim(3, second(40)), fail(3, 'external', second(41))).types).toEqual(['run-failed']);
  });

  it('is queued again when handed back, which is no loss', () => {
    const handBack: RunCommand = { type: 'hand-back', at: second(2), claim: claimOf(1), reason: 'shutdown' };
    expect(run(queue, claim(1), handBack).run).toMatchObject({ state: 'queued', losses: 0, retries: 0, claims: 1 });
    expect(run(queue, claim(1), handBack, claim(2)).run).toMatchObject({ state: 'running', losses: 0, claims: 2 });
  });
});

describe('a run that is not over by its deadline', () => {
  const hourLater = new Date(second(0).getTime() + 3_600_000);

  it('is not taken up any more', () => {
    expect(run(queue).run).toMatchObject({ deadline: hourLater.toISOString() });
    const { run: after, events } = run(queue, claim(1, hourLater));
    expect(events).toMatchObject([{ type: 'run-failed', data: { code: 'run.expired', claim: 0 } }]);
    expect(after).toMatchObject({ state: 'failed' });
  });

  it('may be taken up until then', () => {
    expect(run(queue, claim(1, new Date(hourLater.getTime() - 1))).types).toEqual(['run-claimed']);
  });
});

describe('a run whose cycle asked for a later attempt', () => {
  const supersede = (attempt: number): RunCommand => ({ type: 'supersede', at: second(7), attempt });

  it('has failed, whether it waits or is being trained', () => {
    for (const before of [[queue], [queue, claim(1)]]) {
      const { events } = run(...before, supersede(2));
      expect(events).toMatchObject([{ type: 'run-failed', data: { code: 'run.superseded' } }]);
    }
    expect(run(queue, claim(1), supersede(2), complete(1)).types).toEqual([]);
  });

  it('is left alone when it is over, or is that attempt itself', () => {
    expect(run(queue, supersede(1)).types).toEqual([]);
    expect(run(queue, claim(1), complete(1), supersede(2)).types).toEqual([]);
  });
});

describe('when a run is ready', () => {
  it('is when it was queued, handed back, or its pause ends', () => {
    const handBack: RunCommand = { type: 'hand-back', at: second(2), claim: claimOf(1), reason: 'shutdown' };
    expect(run(queue).run).toMatchObject({ readyAt: second(0).toISOString(), claimedAt: null });
    expect(run(queue, claim(1), handBack).run?.readyAt).toBe(second(2).toISOString());
    expect(run(queue, claim(1), fail(1, 'external')).run).toMatchObject({
      readyAt: second(6).toISOString(),
      claimedAt: second(1).toISOString(),
    });
  });
});
