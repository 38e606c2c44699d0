import { eventually } from '@perennial/messaging/testing';
import { examplePipeline, exampleRequest, pipelineYaml, searchYaml } from '../testing/run.examples';
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
  const start = (): RunWorker => {
    const worker = flow.worker();
    workers.push(worker);
    worker.start();
    return worker;
  };
  const run = () => flow.runs.runs.get(runId)?.run;
  const trials = () => run()?.search?.search.trials ?? [];
  const becomes = (expected: string) => eventually(() => expect(run()?.state).toBe(expected));
  const last = () => flow.events().at(-1)?.data as Record<string, unknown>;

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
  afterEach(() => Promise.all(workers.splice(0).map((worker) => worker.stop())));

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
    expect(flow.events().map(({ type }) => type.replace('perennial.training.v1.', ''))).toEqual([
      'run-started',
      'run-completed',
    ]);
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

  it('goes on where a lost trainer left it', async () => {
    const { train } = flow;
    let lose: (() => void) | undefined;
    flow.train = (request, options) =>
      trained.length < 5 ? train(request, options) : untilAborted(options, () => (lose ??= () => flow.lose(runId)));
    await flow.request(exampleRequest());
    start();
    await eventually(() => expect(lose).toBeDefined());
    await eventually(() => expect(trials().flatMap(({ scores }) => scores)).toHaveLength(5));
    flow.train = train;
    lose?.();
    start();
    await becomes('completed');
    expect(run()).toMatchObject({ claims: 2, losses: 1 });
    // Each training once, although some were under way when the trainer was lost.
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
      flow.lose(runId);
      start();
    }
    await becomes('completed');
    expect(trials().map(({ failure: why }) => why?.code)).toEqual([
      undefined,
      'search.trial-lost',
      undefined,
      undefined,
    ]);
    expect(run()).toMatchObject({ claims: 3, losses: 2 });
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
    await flow.request(exampleRequest());
    start();
    await becomes('completed');
    const codes = [undefined, 'training.diverged', 'training.process-failed', undefined, undefined, undefined];
    expect(trials().map(({ failure: why }) => why?.code)).toEqual(codes);
    expect([...tries.values()]).toEqual([1, 1, 2, 2, 1, 1]);
  });

  it('is tried again when something outside fails', async () => {
    let broken = true;
    const { train } = flow;
    flow.train = (request, options) => {
      if (broken && trained.length === 3) throw failure('OBJECT_STORE_UNAVAILABLE', true);
      return train(request, options);
    };
    await flow.request(exampleRequest());
    start();
    await eventually(() => expect(run()?.retries).toBe(1));
    broken = false;
    flow.now = new Date(flow.now.getTime() + 1_000);
    await becomes('completed');
    expect(trials().every(({ failure: why }) => why === null)).toBe(true);
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
    start();
    await eventually(() => expect(trials().filter(({ scores }) => scores.length)).toHaveLength(3));
    const { search } = await new ShowRuns(flow.runs).one(runId);
    expect(search).toMatchObject({ metric: 'f1', ended: null });
    expect(search?.trials.map(({ state }) => state)).toEqual(['done', 'done', 'done', 'running', 'failed']);
    const scores = search?.trials.slice(0, 3).map(({ score }) => score as number) ?? [];
    expect(scores).toEqual([...scores].sort((a, b) => b - a));
    expect(search?.trials.at(-1)?.failure).toBe('it is training.diverged');
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
    start();
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
