import { eventually } from '@perennial/messaging/testing';
import { decide, evolveAll, type Search, type SearchEvent } from '@perennial/search';
import { examplePipeline, exampleRequest, pipelineYaml, searchYaml } from '../testing/run.examples';
import { commandOf } from '../testing/search.commands';
import { TrainerFlow, untrained } from '../testing/trainer.flow';
import type { TrialOptions, TrialRequest } from './ports';
import type { RunWorker } from './run.worker';
import { ShowRuns } from './show.runs';

const runId = exampleRequest().runId;
const rate = ({ training }: TrialRequest) => training.learningRate;
const failure = (code: string, retryable: boolean) => Object.assign(new Error(`it is ${code}`), { code, retryable });

describe('a run that searches', () => {
  let flow: TrainerFlow;
  let trained: TrialRequest[];
  const workers: RunWorker[] = [];
  let clock: NodeJS.Timeout | undefined;
  const start = (concurrency = 1): RunWorker => {
    const worker = flow.worker(concurrency);
    workers.push(worker);
    worker.start();
    return worker;
  };
  const run = () => flow.runs.runs.get(runId)?.run;
  const trials = () => run()?.search?.search.trials ?? [];
  const becomes = (expected: string) => eventually(() => expect(run()?.state).toBe(expected));
  const last = () => flow.events().at(-1)?.data as Record<string, unknown>;

  /** Events of a type, without the subsystem. */
  const told = (name: string) => flow.events().filter(({ type }) => type.endsWith(`.${name}`));
  const running = () => [...flow.tasks.tasks.values()].filter(({ task }) => task.state === 'running');
  /** A second goes by every few milliseconds. */
  const tick = () => (clock = setInterval(() => (flow.now = new Date(flow.now.getTime() + 1_000)), 3));

  const searching = (search: string) => {
    flow.pipeline = examplePipeline('rain', (name) => searchYaml(name, search));
  };

  beforeEach(() => {
    flow = new TrainerFlow();
    searching('budget: { trials: 12 }, parallel: 2, halving: { minimum: 0.25, factor: 2 }');
    trained = [];
    // The higher the rate the better, and a longer training is a little better.
    flow.train = async (request) => {
      trained.push(request);
      await new Promise((resolve) => setImmediate(resolve));
      return untrained(request, Math.min(0.9, 10 * rate(request) + request.training.epochs / 1000));
    };
  });
  afterEach(async () => {
    clearInterval(clock);
    await Promise.all(workers.splice(0).map((worker) => worker.stop()));
  });

  it('offers the best of its trials, of whatever kind', async () => {
    await flow.request(exampleRequest());
    start();
    await becomes('completed');
    const kinds = new Set(trained.map(({ model }) => model.kind));
    expect(kinds).toEqual(new Set(['mlp', 'logistic-regression']));
    const best = Math.max(...trials().flatMap(({ scores }) => scores));
    const winner = trials().find(({ scores }) => scores.includes(best));
    const { learningRate, epochs } = winner?.configuration.parameters ?? {};
    expect(last()).toMatchObject({
      runId,
      strategy: 'train',
      hyperparameters: { kind: winner?.configuration.kind, learningRate, epochs, trials: 12 },
      validation: { f1: best },
      seconds: 2 * trained.length,
    });
    const types = flow.events().map(({ type }) => type.replace('perennial.training.v1.', ''));
    expect(types.filter((type) => type.startsWith('run-'))).toEqual(['run-started', 'run-completed']);
    expect(types.filter((type) => type === 'trial-completed')).toHaveLength(trained.length);
  });

  it('trains the better ones for longer', async () => {
    await flow.request(exampleRequest());
    start();
    await becomes('completed');
    const epochs = trained.map(({ training }) => training.epochs);
    const count = (wanted: number) => epochs.filter((each) => each === wanted).length;
    expect(count(2)).toBe(12);
    // At least what a synchronous ladder would train: 6 and 3. Deciding early lets a few more go on.
    expect(count(4)).toBeGreaterThanOrEqual(6);
    expect(count(4)).toBeLessThan(12);
    expect(count(8)).toBeGreaterThanOrEqual(3);
    expect(count(8)).toBeLessThan(count(4));
    const full = trained.filter(({ training }) => training.epochs === 8).map(rate);
    const others = trained.map(rate).filter((each) => !full.includes(each));
    expect(Math.max(...full)).toBeGreaterThan(Math.max(...others));
  });

  it('is shared by several trainers: every trial is trained once, and decided as by one decider', async () => {
    flow.delivery.times = 2;
    searching('budget: { trials: 16 }, parallel: 4, halving: { minimum: 0.25, factor: 2 }');
    await flow.request(exampleRequest());
    for (let trainer = 0; trainer < 3; trainer++) start();
    await becomes('completed');
    expect(trials()).toHaveLength(16);
    expect(trained).toHaveLength(trials().flatMap(({ scores }) => scores).length);
    const happened = (flow.runs.happened.get(runId) ?? []).flatMap((event) =>
      event.type === 'search-advanced' ? [event.data.events] : [],
    );
    let alone: Search | null = null;
    for (const events of happened) {
      const [first] = events as [SearchEvent];
      expect(decide(alone, commandOf(first))).toEqual(events);
      alone = evolveAll(alone, events);
    }
    expect(alone?.ended).toBe('trials');
    expect(last()).toMatchObject({ validation: { f1: Math.max(...trials().flatMap(({ scores }) => scores)) } });
  }, 30_000);

  it('has the trial of a lost trainer trained once more, elsewhere', async () => {
    const { train } = flow;
    let hangs = true;
    flow.train = (request, options) =>
      trained.length < 5 || !hangs ? train(request, options) : untilAborted(options, () => (hangs = false));
    await flow.request(exampleRequest());
    start();
    await eventually(() => expect(hangs).toBe(false));
    await eventually(() => expect(trials().flatMap(({ scores }) => scores)).toHaveLength(5));
    const [lost] = running();
    flow.lose(lost?.task.taskId as string);
    start();
    await becomes('completed');
    expect(run()).toMatchObject({ losses: 0 });
    const again = told('trial-completed').filter(({ data }) => data.claim === 2);
    expect(again.map(({ data }) => `${runId}/${data.trial}.${data.rung}`)).toEqual([lost?.task.taskId]);
    expect(trained).toHaveLength(trials().flatMap(({ scores }) => scores).length);
    expect(trials()).toHaveLength(12);
  });

  it('gives up the trial that its trainers are lost with, and goes on', async () => {
    searching('budget: { trials: 4 }, parallel: 1');
    const { train } = flow;
    let deadly = 0;
    flow.train = (request, options) =>
      trials().length === 2 && trials()[1]?.running ? untilAborted(options, () => deadly++) : train(request, options);
    await flow.request(exampleRequest());
    start();
    for (const times of [1, 2]) {
      await eventually(() => expect(deadly).toBe(times));
      flow.lose(`${runId}/2.0`);
      start();
    }
    await becomes('completed');
    const codes = [undefined, 'search.trial-lost', undefined, undefined];
    expect(trials().map(({ failure: why }) => why?.code)).toEqual(codes);
    expect(told('trial-failed').map(({ data }) => data)).toMatchObject([{ trial: 2, rung: 0, claim: 2 }]);
  });

  it('counts a trial that cannot be trained as failed, one whose process died after a second try', async () => {
    const { train } = flow;
    const tries = new Map<number, number>();
    flow.train = (request, options) => {
      const times = (tries.get(rate(request)) ?? 0) + 1;
      tries.set(rate(request), times);
      if (tries.size === 2) throw failure('training.diverged', false);
      if (tries.size === 3 || (tries.size === 4 && times === 1)) throw failure('training.process-failed', true);
      return train(request, options);
    };
    searching('budget: { trials: 6 }, parallel: 1');
    tick();
    await flow.request(exampleRequest());
    start();
    await becomes('completed');
    const codes = [undefined, 'training.diverged', 'training.process-failed', undefined, undefined, undefined];
    expect(trials().map(({ failure: why }) => why?.code)).toEqual(codes);
    expect([...tries.values()]).toEqual([1, 1, 2, 2, 1, 1]);
  });

  it('counts a trial without a score as failed', async () => {
    searching('budget: { trials: 2 }, parallel: 1');
    flow.train = async (request) => ({ ...untrained(request), validation: { f1: null, rocAuc: 0.5, logLoss: 0.4 } });
    await flow.request(exampleRequest());
    start();
    await becomes('failed');
    expect(trials().map(({ failure: why }) => why?.code)).toEqual(['search.no-score', 'search.no-score']);
  });

  it('tries a trial again when something outside fails', async () => {
    let broken = 3;
    const { train } = flow;
    flow.train = (request, options) => {
      if (trained.length === 3 && broken-- > 0) throw failure('OBJECT_STORE_UNAVAILABLE', true);
      return train(request, options);
    };
    tick();
    await flow.request(exampleRequest());
    start();
    await becomes('completed');
    expect(trials().every(({ failure: why }) => why === null)).toBe(true);
    expect(told('trial-completed').reduce((sum, { data }) => sum + Number(data.claim) - 1, 0)).toBe(3);
  });

  it('waits without a trainer, which meanwhile trains other runs', async () => {
    searching('budget: { trials: 2 }, parallel: 1');
    const { train } = flow;
    let goOn = () => {};
    const looked = new Promise<void>((resolve) => (goOn = resolve));
    flow.train = async (request, options) => {
      await looked;
      return train(request, options);
    };
    await flow.request(exampleRequest());
    const worker = start();
    await eventually(() => expect(run()?.state).toBe('searching'));
    expect(run()).toMatchObject({ claim: null, claims: 1 });
    expect(flow.held.has(runId)).toBe(false);
    goOn();
    await becomes('completed');
    await worker.stop();
    expect(run()).toMatchObject({ claims: 2, losses: 0 });
  });

  it('ends by its deadline, though nobody trains its trials', async () => {
    const { train } = flow;
    flow.train = (_, options) => untilAborted(options, () => undefined);
    await flow.request(exampleRequest());
    await start().stop();
    flow.now = new Date(Date.parse(run()?.deadline as string) + 1);
    flow.train = train;
    start();
    await becomes('failed');
    expect(run()?.failure?.code).toBe('run.expired');
    expect(trained).toEqual([]);
  });

  it('leaves nothing of its trials behind, and its candidate whole', async () => {
    await flow.request(exampleRequest());
    start();
    await becomes('completed');
    expect(flow.files.size).toBe(2 + trained.length);
    await flow.discard();
    expect(flow.tasks.tasks.size).toBe(0);
    const kept = ['artifact', 'checkpoint'].map((file) => (last()[file] as { fileId: string }).fileId);
    expect([...flow.files.keys()].sort()).toEqual(kept.sort());
  });

  it('keeps the model of the newest claim only', async () => {
    searching('budget: { trials: 1 }, parallel: 1');
    let finish: (() => void) | undefined;
    const { train } = flow;
    flow.train = async (request, options) => {
      if (!finish) await new Promise<void>((resolve) => (finish = resolve));
      return train(request, options);
    };
    await flow.request(exampleRequest());
    const slow = start();
    await eventually(() => expect(finish).toBeDefined());
    // Its lease is gone, and it does not know yet.
    flow.held.delete(`${runId}/1.0`);
    start();
    await becomes('completed');
    const before = new Set(flow.files.keys());
    finish?.();
    await eventually(() => expect(trained).toHaveLength(2));
    await slow.stop();
    expect(new Set(flow.files.keys())).toEqual(before);
    expect(trials()[0]?.scores).toHaveLength(1);
  });

  it('is given up with its trials when its cycle asks for a later attempt', async () => {
    const { train } = flow;
    let begun = 0;
    flow.train = (request, options) =>
      request.model.kind === 'tab-transformer' ? train(request, options) : untilAborted(options, () => begun++);
    await flow.request(exampleRequest());
    const worker = start();
    await eventually(() => expect(begun).toBe(1));
    await flow.request(exampleRequest({ attempt: 2, runId: 'rain.2026-01-04.2' }));
    await becomes('failed');
    expect(run()?.failure?.code).toBe('run.superseded');
    await worker.stop();
    expect(await flow.tasks.queue(flow.now)).toEqual([]);
    await flow.discard();
    expect(flow.tasks.tasks.size).toBe(0);
  });

  it('is followed on its board: the best first, then what is under way, then what failed', async () => {
    searching('budget: { trials: 5 }, parallel: 2');
    const { train } = flow;
    let begun = 0;
    flow.train = (request, options) => {
      begun++;
      if (begun === 2) throw failure('training.diverged', false);
      return begun > 4 ? untilAborted(options, () => undefined) : train(request, options);
    };
    await flow.request(exampleRequest());
    start(2);
    await eventually(() => expect(trials().filter(({ scores }) => scores.length)).toHaveLength(3));
    await eventually(() => expect(running()).toHaveLength(1));
    const { search } = await new ShowRuns(flow.runs, flow.tasks).one(runId);
    expect(search).toMatchObject({ metric: 'f1', ended: null });
    expect(search?.trials.map(({ state }) => state)).toEqual(['done', 'done', 'done', 'running', 'failed']);
    const scores = search?.trials.slice(0, 3).map(({ score }) => score as number) ?? [];
    expect(scores).toEqual([...scores].sort((a, b) => b - a));
    expect(search?.trials.at(-1)?.failure).toBe('it is training.diverged');
  });

  it('tells which trials wait for a trainer', async () => {
    flow.train = (_, options) => untilAborted(options, () => undefined);
    await flow.request(exampleRequest());
    start();
    await eventually(() => expect(running()).toHaveLength(1));
    const { search } = await new ShowRuns(flow.runs, flow.tasks).one(runId);
    const lines = search?.trials.map(({ state, claims }) => [state, claims]);
    expect(lines).toEqual(
      expect.arrayContaining([
        ['running', 1],
        ['waiting', 0],
      ]),
    );
    expect(lines).toHaveLength(2);
  });

  it('fails when no trial could be trained', async () => {
    flow.train = async () => {
      throw failure('training.one-class', false);
    };
    await flow.request(exampleRequest());
    start();
    await becomes('failed');
    expect(last()).toMatchObject({
      code: 'run.search-failed',
      message: 'none of 12 trials succeeded: it is training.one-class',
    });
  });

  it('never has more trials at once than declared', async () => {
    let [now, most] = [0, 0];
    const { train } = flow;
    flow.train = async (request, options) => {
      most = Math.max(most, ++now);
      await new Promise((resolve) => setTimeout(resolve, 2));
      now--;
      return train(request, options);
    };
    await flow.request(exampleRequest());
    start(4);
    await becomes('completed');
    expect(most).toBe(2);
  });

  it('is not what another attempt asks for', async () => {
    flow.pipeline = examplePipeline('rain', pipelineYaml);
    await flow.request(exampleRequest());
    start();
    await becomes('completed');
    expect(run()?.search).toBeNull();
  });
});

function untilAborted({ signal }: TrialOptions, begun: () => void): Promise<never> {
  begun();
  return new Promise((_, reject) =>
    signal.addEventListener('abort', () => reject(failure('training.cancelled', false)), { once: true }),
  );
}
