import { eventually } from '@perennial/messaging/testing';
import { exampleBase, exampleFile, examplePipeline, exampleRequest } from '../testing/run.examples';
import { TrainerFlow, untrained } from '../testing/trainer.flow';
import { CHECKPOINTS } from './checkpoint.keeper';
import type { TrialOptions, TrialRequest, TrialResult } from './ports';
import type { RunWorker } from './run.worker';

const runId = exampleRequest().runId;
const bytes = (text: string) => new TextEncoder().encode(text);
const told = (content: Uint8Array | undefined) => content && new TextDecoder().decode(content);

describe('a run whose trainer was lost', () => {
  let flow: TrainerFlow;
  let seen: { resumeFrom?: string; encoder?: string; training: number }[];
  const workers: RunWorker[] = [];
  const start = (): RunWorker => {
    const worker = flow.worker();
    workers.push(worker);
    worker.start();
    return worker;
  };
  const run = () => flow.runs.runs.get(runId)?.run;
  const becomes = (expected: string) => eventually(() => expect(run()?.state).toBe(expected));
  const keptOf = (training: number) => run()?.kept.files[training] ?? {};
  /** What is in the store beside the model and the checkpoint of the run's end. */
  const stored = () =>
    [...flow.files.values()].map((content) => told(content)).filter((text) => text?.startsWith('ck:'));

  /** The trainings of the first trainer offer these and never end. */
  const lostAfter = (offer: (options: TrialOptions) => Promise<void>) => {
    flow.train = async (_request, options) => {
      await offer(options);
      return untilAborted(options);
    };
  };
  const later = (seconds: number) => void (flow.now = new Date(flow.now.getTime() + seconds * 1000));
  const keeps = async (options: TrialOptions, text: string) => {
    // The one before may still be on its way.
    await eventually(() => {
      later(60);
      options.onCheckpoint?.(bytes(text));
      expect(stored()).toContain(text);
    });
  };
  const takeOver = () => {
    flow.lose(runId);
    flow.train = async (request) => {
      seen.push({
        training: request.training.epochs,
        resumeFrom: told(request.resumeFrom),
        encoder: told(request.encoder),
      });
      return untrained(request);
    };
    start();
  };

  beforeEach(() => {
    flow = new TrainerFlow();
    seen = [];
  });
  afterEach(() => Promise.all(workers.splice(0).map((worker) => worker.stop())));

  it('goes on from its newest checkpoint', async () => {
    lostAfter(async (options) => {
      await keeps(options, 'ck:1');
      await keeps(options, 'ck:2');
    });
    await flow.request(exampleRequest());
    start();
    await eventually(() => expect(keptOf(1).checkpoint && stored()).toEqual(['ck:2']));
    takeOver();
    await becomes('completed');
    expect(seen).toEqual([{ training: 4, resumeFrom: 'ck:2', encoder: undefined }]);
    expect(flow.checkpoints).toEqual(['kept', 'kept', 'resumed']);
  });

  it('keeps one at a time, and none too soon', async () => {
    let offered = 0;
    lostAfter(async ({ onCheckpoint }) => {
      onCheckpoint?.(bytes('ck:at once'));
      later(59);
      onCheckpoint?.(bytes('ck:too soon'));
      later(1);
      onCheckpoint?.(bytes('ck:taken'));
      onCheckpoint?.(bytes('ck:meanwhile'));
      offered++;
    });
    await flow.request(exampleRequest());
    start();
    await eventually(() => expect([offered, flow.checkpoints]).toEqual([1, ['kept']]));
    expect(stored()).toEqual(['ck:taken']);
  });

  it('does not pretrain again', async () => {
    lostAfter(async (options) => {
      options.onPretrained?.(bytes('ck:encoder'));
      await eventually(() => expect(flow.checkpoints).toEqual(['kept']));
      await keeps(options, 'ck:1');
    });
    await flow.request(exampleRequest());
    start();
    await eventually(() => expect(Object.keys(keptOf(1))).toEqual(['encoder', 'checkpoint']));
    takeOver();
    await becomes('completed');
    expect(seen).toEqual([{ training: 4, resumeFrom: 'ck:1', encoder: 'ck:encoder' }]);
  });

  it('trains only what its earlier trainings did not end', async () => {
    const [attempt] = examplePipeline().improvement.attempts.filter(({ strategy }) => strategy === 'fine-tune-search');
    flow.pipeline = { ...flow.pipeline, improvement: { ...flow.pipeline.improvement, attempts: [attempt!] } };
    const f1 = [0.4, 0.7, 0.6, 0.5];
    let trained = 0;
    flow.train = async (request, options) => (trained < 2 ? untrained(request, f1[trained++]) : untilAborted(options));
    await flow.request(exampleRequest({ strategy: 'fine-tune-search', base: exampleBase(exampleFile('base')) }));
    start();
    await eventually(() => expect(Object.keys(run()?.kept.files ?? {})).toEqual(['1', '2']));
    flow.lose(runId);
    flow.train = async (request) => untrained(request, f1[trained++]);
    start();
    await becomes('completed');
    expect(trained).toBe(4);
    const completed = flow.events().at(-1)?.data;
    expect(completed).toMatchObject({ hyperparameters: { epochs: 2, learningRate: 0.001, trials: 4 }, seconds: 8 });
    const trials = flow.runs.happened.get(runId)?.filter(({ type }) => type === 'trial-completed');
    expect(trials?.map(({ data }) => (data as { trial: number }).trial)).toEqual([1, 2, 3, 4]);
  });

  it.each<[string, () => void]>([
    ['is gone', () => (flow.store.get = () => Promise.reject(gone))],
    ['is of another training', () => undefined],
  ])('begins anew where its checkpoint %s', async (_, damage) => {
    lostAfter((options) => keeps(options, 'ck:1'));
    await flow.request(exampleRequest());
    start();
    await eventually(() => expect(keptOf(1).checkpoint).toBeDefined());
    damage();
    flow.lose(runId);
    const tries: boolean[] = [];
    flow.train = async (request) => {
      tries.push(request.resumeFrom !== undefined);
      if (request.resumeFrom) throw Object.assign(new Error('of another'), mismatch);
      return untrained(request);
    };
    start();
    await becomes('completed');
    expect(tries.at(-1)).toBe(false);
    expect(flow.checkpoints).toEqual(['kept', 'refused']);
    expect(run()).toMatchObject({ claims: 2, losses: 1, retries: 0 });
  });

  it('fails for a base that does not fit, as without a checkpoint', async () => {
    lostAfter((options) => keeps(options, 'ck:1'));
    await flow.request(exampleRequest());
    start();
    await eventually(() => expect(keptOf(1).checkpoint).toBeDefined());
    flow.lose(runId);
    flow.train = async () => {
      throw Object.assign(new Error('the base is another model'), mismatch);
    };
    start();
    await becomes('failed');
    expect(run()?.failure).toEqual({ code: mismatch.code, message: 'the base is another model' });
  });

  it('keeps nothing where that is switched off', async () => {
    flow.checkpointSeconds = 0;
    const handed: (keyof TrialOptions)[] = [];
    flow.train = async (request: TrialRequest, options) => {
      handed.push(...(Object.keys(options) as (keyof TrialOptions)[]));
      return untrained(request);
    };
    await flow.request(exampleRequest());
    start();
    await becomes('completed');
    expect(handed.sort()).toEqual(['onProgress', 'signal']);
  });

  it('trains on while the store takes nothing', async () => {
    const { put } = flow.store;
    flow.store.put = (bucket, content, options) =>
      bucket === CHECKPOINTS ? Promise.reject(new Error('full')) : put(bucket, content, options);
    flow.train = async (request, { onCheckpoint }) => {
      later(60);
      onCheckpoint?.(bytes('ck:1'));
      return untrained(request);
    };
    await flow.request(exampleRequest());
    start();
    await becomes('completed');
    await eventually(() => expect(flow.checkpoints).toEqual(['failed']));
  });

  it('takes no checkpoint of a trainer that was overtaken, and its file goes', async () => {
    let offer: ((content: Uint8Array) => void) | undefined;
    lostAfter(async ({ onCheckpoint }) => void (offer = onCheckpoint));
    await flow.request(exampleRequest());
    start();
    await eventually(() => expect(offer).toBeDefined());
    // Its lease ended unnoticed.
    flow.held.delete(runId);
    lostAfter((options) => keeps(options, 'ck:new'));
    start();
    await eventually(() => expect(keptOf(1).checkpoint).toBeDefined());
    later(60);
    offer?.(bytes('ck:stale'));
    await eventually(() => expect(flow.checkpoints).toEqual(['kept', 'failed']));
    await eventually(() => expect(stored()).toEqual(['ck:new']));
    later(60);
    offer?.(bytes('ck:again'));
    expect(flow.checkpoints).toHaveLength(2);
  });

  it('leaves nothing in the store once it is over, also where somebody else ended it', async () => {
    lostAfter((options) => keeps(options, 'ck:1'));
    await flow.request(exampleRequest());
    start();
    await eventually(() => expect(keptOf(1).checkpoint).toBeDefined());
    await flow.request(exampleRequest({ attempt: 2, runId: 'rain.2026-01-04.2' }));
    expect(run()).toMatchObject({ state: 'failed', kept: { obsolete: [{ mediaType: 'application/octet-stream' }] } });
    const sweep = flow.deleteCheckpoints();
    const { delete: remove } = flow.store;
    flow.store.delete = () => Promise.reject(new Error('away'));
    await expect(sweep.run()).rejects.toThrow('away');
    flow.store.delete = remove;
    await sweep.run();
    await sweep.run();
    expect([stored(), run()?.kept.obsolete]).toEqual([[], []]);
    const types = flow.runs.happened.get(runId)?.map(({ type }) => type);
    expect(types?.filter((type) => type === 'checkpoints-deleted')).toHaveLength(1);
  });
});

/** A training that ends only by its signal. */
const untilAborted = ({ signal }: TrialOptions): Promise<TrialResult> =>
  new Promise((_, reject) => signal.addEventListener('abort', () => reject(cancelled), { once: true }));

const cancelled = Object.assign(new Error('cancelled'), { code: 'training.cancelled', retryable: false });
const gone = Object.assign(new Error('not there'), { code: 'OBJECT_NOT_FOUND', retryable: false });
const mismatch = { code: 'training.checkpoint-mismatch', retryable: false };
