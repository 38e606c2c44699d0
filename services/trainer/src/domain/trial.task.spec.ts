import { exampleFile } from '../testing/run.examples';
import type { Claim, FailureCause, WorkLimits } from './queued.work';
import { decideTask, type TaskCommand } from './trial.task.decider';
import { evolveTasks, type RequestedTrial, type TaskEvent, type TrialTask } from './trial.task';

const limits: WorkLimits = { maxClaims: 9, maxRetries: 2, pauseMs: 1_000, maxPauseMs: 3_000 };
const second = (n: number): Date => new Date(Date.UTC(2026, 0, 4, 0, 0, n));
const claimOf = (number: number): Claim => ({ number, owner: `trainer-${number}`, token: number });
const request: RequestedTrial = {
  ...{ runId: 'rain.2026-01-04.1', pipeline: 'rain', cycleId: 'rain/2026-01-04', attempt: 1, trial: 3, rung: 1 },
  ...{ share: 0.5, configuration: { kind: 'mlp', parameters: {} }, metric: 'f1', deadline: second(59).toISOString() },
};
const queue: TaskCommand = { type: 'queue', at: second(0), request };
const claim = (number: number, at = second(1)): TaskCommand => {
  const { owner, token } = claimOf(number);
  return { type: 'claim', at, owner, token, limits };
};
const score = { score: 0.8, seconds: 3, model: exampleFile('model') };
const complete = (number: number): TaskCommand => ({
  type: 'complete',
  at: second(9),
  claim: claimOf(number),
  ...score,
});
const fail = (number: number, cause: FailureCause, at = second(5)): TaskCommand => ({
  ...{ type: 'fail', at, claim: claimOf(number), cause, failure: { code: 'a.code', message: 'why' }, limits },
});
const discard: TaskCommand = { type: 'discard', at: second(8) };

function after(...commands: TaskCommand[]): { task: TrialTask | null; events: TaskEvent[] } {
  let task: TrialTask | null = null;
  let events: TaskEvent[] = [];
  for (const command of commands) {
    events = decideTask(task, command);
    task = evolveTasks(task, events);
  }
  return { task, events };
}

it('is queued once, whatever became of it', () => {
  expect(after(queue).task).toMatchObject({ taskId: 'rain.2026-01-04.1/3.1', state: 'queued', claims: 0 });
  for (const between of [[], [claim(1)], [claim(1), complete(1)], [discard]]) {
    expect(after(queue, ...between, queue).events).toEqual([]);
  }
});

it('is completed under its newest claim only', () => {
  const { task, events } = after(queue, claim(1), complete(1));
  expect(events).toEqual([{ type: 'task-completed', at: second(9).toISOString(), data: { claim: 1, ...score } }]);
  expect(task).toMatchObject({ state: 'completed', claim: null, model: score.model });
  expect(after(queue, claim(1), claim(2), complete(1)).events).toEqual([]);
  expect(after(queue, claim(1), complete(1), complete(1)).events).toEqual([]);
  expect(after(queue, claim(1), claim(2), complete(2)).events).toMatchObject([{ data: { claim: 2 } }]);
});

it('is tried once more after its trainer was lost, whatever the limit of runs is', () => {
  expect(after(queue, claim(1), claim(2)).task).toMatchObject({ state: 'running', claims: 2, losses: 1 });
  const { events, task } = after(queue, claim(1), claim(2), claim(3));
  expect(events).toMatchObject([{ type: 'task-failed', data: { code: 'search.trial-lost', claim: 2 } }]);
  expect(task).toMatchObject({ state: 'failed', claim: null });
});

it('counts a training process that died as a loss', () => {
  const once = after(queue, claim(1), fail(1, 'lost'));
  expect(once.task).toMatchObject({ state: 'queued', losses: 1, notBefore: second(6).toISOString() });
  const twice = after(queue, claim(1), fail(1, 'lost'), claim(2, second(6)), fail(2, 'lost', second(7)));
  expect(twice.events).toMatchObject([{ type: 'task-failed', data: { code: 'a.code' } }]);
});

it('waits longer each time that something outside fails, until that was too often', () => {
  const [first, next] = [fail(1, 'external'), fail(2, 'external', second(10))];
  expect(after(queue, claim(1), first, claim(2, second(5))).events).toEqual([]);
  const twice = [queue, claim(1), first, claim(2, second(6)), next];
  expect(after(...twice).task).toMatchObject({ retries: 2, losses: 0, notBefore: second(12).toISOString() });
  expect(after(...twice, claim(3, second(12)), fail(3, 'external', second(13))).task?.state).toBe('failed');
});

it('fails at once for a permanent reason, and at the deadline of its run', () => {
  expect(after(queue, claim(1), fail(1, 'permanent')).task).toMatchObject({
    state: 'failed',
    failure: { code: 'a.code' },
  });
  expect(after(queue, claim(1, second(59))).events).toMatchObject([{ data: { code: 'run.expired', claim: 0 } }]);
});

it('is handed back without a loss', () => {
  const handBack: TaskCommand = { type: 'hand-back', at: second(2), claim: claimOf(1), reason: 'shutdown' };
  expect(after(queue, claim(1), handBack).task).toMatchObject({ state: 'queued', losses: 0, claim: null });
  expect(after(queue, claim(1), handBack, claim(2)).task).toMatchObject({ losses: 0, claims: 2 });
});

it('is discarded while it is open, and never taken up again', () => {
  expect(after(queue, discard).task?.state).toBe('discarded');
  expect(after(queue, claim(1), discard, complete(1)).events).toEqual([]);
  expect(after(queue, discard, claim(1)).events).toEqual([]);
  expect(after(queue, claim(1), complete(1), discard).events).toEqual([]);
});
