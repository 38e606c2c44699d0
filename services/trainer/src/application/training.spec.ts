import { eventually } from '@perennial/messaging/testing';
import { MessagingError } from '@perennial/messaging';
import type { Attempt } from '@perennial/pipeline';
import { decodeCheckpoint } from '@perennial/training';
import { exampleBase, exampleFile, exampleRequest } from '../testing/run.examples';
import { TrainerFlow, untrained } from '../testing/trainer.flow';
import type { TrialOptions, TrialRequest, TrialResult } from './ports';
import type { RunWorker } from './run.worker';

const runId = exampleRequest().runId;

describe('the trainer', () => {
  let flow: TrainerFlow;
  const workers: RunWorker[] = [];
  const start = (): RunWorker => {
    const worker = flow.worker();
    workers.push(worker);
    worker.start();
    return worker;
  };
  const state = () => flow.runs.runs.get(runId)?.run.state;
  const becomes = (expected: string) => eventually(() => expect(state()).toBe(expected));
  const types = () => flow.events().map(({ type }) => type.replace('perennial.training.v1.', ''));
  const happened = () => flow.runs.happened.get(runId)?.map(({ type }) => type);

  beforeEach(() => (flow = new TrainerFlow()));
  afterEach(() => Promise.all(workers.splice(0).map((worker) => worker.stop())));

  it('trains a queued run and offers the candidate', async () => {
    await flow.request(exampleRequest());
    start();
    await becomes('completed');
    expect(types()).toEqual(['run-started', 'run-completed']);
    expect(flow.events()[0]?.data).toMatchObject({ trainRows: 55, validationRows: 15, claim: 1 });
    const completed = flow.events()[1]?.data as { artifact: { fileId: string }; checkpoint: { fileId: string } };
    expect(completed).toMatchObject({
      decisionThreshold: 0.45,
      hyperparameters: { epochs: 4, learningRate: 0.003, batchSize: 16, dModel: 8, trials: 1 },
      validation: { rows: 15, f1: 0.5, logLoss: 0.4 },
      trainRows: 55,
      seconds: 2,
    });
    expect(flow.files.get(completed.artifact.fileId)?.length).toBeGreaterThan(1_000);
    const checkpoint = flow.files.get(completed.checkpoint.fileId) as Uint8Array;
    expect(decodeCheckpoint(checkpoint).training).toMatchObject({ epochs: 4, learningRate: 0.003 });
    expect(happened()).toEqual(['run-queued', 'run-claimed', 'run-started', 'trial-completed', 'run-completed']);
    expect(flow.held.size).toBe(0);
  });

  it('leaves out a pipeline that is not declared here', async () => {
    await flow.request(exampleRequest({ pipeline: 'hail' }));
    expect(flow.runs.runs.size).toBe(0);
  });

  it('reads only labelled rows outside the holdout', async () => {
    await flow.request(exampleRequest());
    start();
    await becomes('completed');
    expect(flow.queries).toMatchObject([
      {
        split: { from: 0.3, to: 1 },
        labelledOnly: true,
        metadataId: 'rain@1',
        version: 1,
        batches: ['rain/2026-01-04'],
      },
    ]);
  });

  it('keeps the best trial of a search', async () => {
    const f1 = { '0.001/1': 0.4, '0.001/2': 0.7, '0.003/1': 0.6, '0.003/2': 0.7 } as Record<string, number>;
    const checkpoints: unknown[] = [];
    flow.train = async (request) => {
      checkpoints.push(request.initialCheckpoint);
      return untrained(request, f1[`${request.training.learningRate}/${request.training.epochs}`]);
    };
    const base = exampleBase(exampleFile('checkpoint'));
    await flow.request(exampleRequest({ strategy: 'fine-tune-search', attempt: 2, base }));
    start();
    await becomes('completed');
    expect(flow.events().at(-1)?.data).toMatchObject({
      hyperparameters: { epochs: 2, learningRate: 0.001, trials: 4 },
      validation: { f1: 0.7 },
      seconds: 8,
    });
    expect(checkpoints).toEqual(Array.from({ length: 4 }, () => Uint8Array.of(1)));
    expect(happened()?.filter((type) => type === 'trial-completed')).toHaveLength(4);
  });

  it('offers the ensemble of a search where it is better than its best trial', async () => {
    const [attempt] = flow.pipeline.improvement.attempts.filter(({ strategy }) => strategy === 'fine-tune-search');
    flow.pipeline = {
      ...flow.pipeline,
      improvement: { ...flow.pipeline.improvement, attempts: [{ ...attempt!, ensemble: { size: 4 } } as Attempt] },
    };
    // Each trial is sure of one half of the positive rows and knows nothing of the other.
    flow.train = async (request) => {
      const { learningRate } = request.training;
      const seen = learningRate === 0.001 ? 0 : 1;
      let positives = 0;
      const sure = (label: number) => (label === 1 ? (positives++ % 2 === seen ? 0.9 : 0.45) : 0.46);
      const validationProbabilities = Float32Array.from(request.validation.labels, sure);
      return { ...untrained(request, 0.6), validationProbabilities };
    };
    const base = exampleBase(exampleFile('checkpoint'));
    await flow.request(exampleRequest({ strategy: 'fine-tune-search', attempt: 1, base }));
    start();
    await becomes('completed');
    const { hyperparameters, validation } = flow.events().at(-1)?.data as Record<string, Record<string, unknown>>;
    expect(hyperparameters).toMatchObject({ trials: 4, ensemble: [{ trial: 1 }, { trial: 3 }] });
    expect(validation).toMatchObject({ f1: 1 });
  });

  it('fails a run for a permanent reason and never tries it again', async () => {
    let trained = 0;
    flow.train = async () => {
      trained++;
      throw Object.assign(new Error('all labels are negative'), { code: 'training.one-class', retryable: false });
    };
    await flow.request(exampleRequest());
    start();
    await becomes('failed');
    flow.now = new Date(flow.now.getTime() + 3_600_000);
    await flow.request(exampleRequest());
    await new Promise((resolve) => setTimeout(resolve, 30));
    expect(flow.events().at(-1)).toMatchObject({
      type: 'perennial.training.v1.run-failed',
      data: { code: 'training.one-class', message: 'all labels are negative', strategy: 'train' },
    });
    expect(trained).toBe(1);
    expect(flow.outcomes).toEqual(['failed']);
  });

  it('tries a run again after a pause when something outside fails', async () => {
    let broken = true;
    flow.train = async (request) => {
      if (broken) throw Object.assign(new Error('away'), { code: 'FEATURES_UNREACHABLE', retryable: true });
      return untrained(request);
    };
    await flow.request(exampleRequest());
    start();
    await eventually(() => expect(happened()).toContain('run-interrupted'));
    expect(state()).toBe('queued');
    broken = false;
    flow.now = new Date(flow.now.getTime() + 1_000);
    await becomes('completed');
    expect(flow.runs.runs.get(runId)?.run).toMatchObject({ claims: 2, retries: 1, losses: 0 });
  });

  it('ends a training at its deadline, with the reason, and does not try again', async () => {
    flow.pipeline = { ...flow.pipeline, improvement: { ...flow.pipeline.improvement, attemptTimeoutMinutes: 0.002 } };
    const training = untilAborted(flow);
    await flow.request(exampleRequest());
    start();
    await training.begun;
    await becomes('failed');
    expect(flow.events().at(-1)).toMatchObject({
      type: 'perennial.training.v1.run-failed',
      data: { code: 'run.expired', message: 'was due by 2026-01-04T00:00:00.120Z' },
    });
    expect(flow.outcomes).toEqual(['failed']);
  });

  it('gives up the runs of earlier attempts when the next one is asked for', async () => {
    await flow.request(exampleRequest());
    await flow.request(exampleRequest({ attempt: 2, runId: 'rain.2026-01-04.2' }));
    expect(state()).toBe('failed');
    expect(flow.events().at(-1)).toMatchObject({ data: { runId, attempt: 1, code: 'run.superseded' } });
    start();
    await eventually(() => expect(flow.runs.runs.get('rain.2026-01-04.2')?.run.state).toBe('completed'));
    expect(flow.queries).toHaveLength(1);
  });

  it('takes up the pipelines in turn, and tells how long each waited', async () => {
    const days = ['2026-01-04', '2026-01-05', '2026-01-06'];
    for (const pipeline of ['rain', 'snow']) {
      for (const day of days) {
        const cycleId = `${pipeline}/${day}`;
        await flow.request(exampleRequest({ pipeline, day, cycleId, runId: `${pipeline}.${day}.1` }));
      }
    }
    flow.now = new Date(flow.now.getTime() + 9_000);
    flow.train = async (request) => {
      flow.now = new Date(flow.now.getTime() + 1_000);
      return untrained(request);
    };
    start();
    await eventually(() => expect(flow.outcomes).toHaveLength(6));
    const started = flow.events().filter(({ type }) => type.endsWith('run-started'));
    expect(started.map(({ data }) => data['pipeline'])).toEqual(['rain', 'snow', 'rain', 'snow', 'rain', 'snow']);
    expect(flow.waits).toEqual([9, 10, 11, 12, 13, 14]);
  });

  it('waits for a database that is away instead of throwing the training away', async () => {
    let trained = 0;
    flow.train = async (request) => {
      trained++;
      const execute = flow.unitOfWork.execute.bind(flow.unitOfWork);
      flow.unitOfWork.execute = async () => {
        flow.unitOfWork.execute = execute;
        throw new MessagingError('DATABASE_UNAVAILABLE', 'away');
      };
      return untrained(request);
    };
    await flow.request(exampleRequest());
    start();
    await becomes('completed');
    expect(trained).toBe(1);
  });

  it('hands its run back when it stops', async () => {
    const training = untilAborted(flow);
    await flow.request(exampleRequest());
    const worker = start();
    await training.begun;
    await worker.stop();
    expect(state()).toBe('queued');
    expect(happened()?.at(-1)).toBe('run-handed-back');
    expect(flow.held.size).toBe(0);
    flow.train = async (request) => untrained(request);
    start();
    await becomes('completed');
    expect(flow.runs.runs.get(runId)?.run).toMatchObject({ claims: 2, losses: 0 });
  });

  it('drops its training when the lease is lost, and another trainer finishes the run', async () => {
    const training = untilAborted(flow);
    await flow.request(exampleRequest());
    start();
    await training.begun;
    flow.train = async (request) => untrained(request);
    flow.lose(runId);
    start();
    await becomes('completed');
    expect(flow.events().map(({ data }) => data['claim'])).toEqual([1, 2, undefined]);
    expect(flow.runs.runs.get(runId)?.run).toMatchObject({ claims: 2, losses: 1 });
  });

  it('writes nothing under a claim that was overtaken unnoticed', async () => {
    let finish: (() => void) | undefined;
    flow.train = (request) => new Promise((resolve) => (finish = () => resolve(untrained(request, 0.1))));
    await flow.request(exampleRequest());
    start();
    await eventually(() => expect(finish).toBeDefined());
    flow.train = async (request) => untrained(request, 0.9);
    flow.held.delete(runId);
    start();
    await becomes('completed');
    finish?.();
    await eventually(() => expect(flow.outcomes).toContain('lost'));
    expect(types()).toEqual(['run-started', 'run-started', 'run-completed']);
    expect(flow.events().at(-1)?.data).toMatchObject({ validation: { f1: 0.9 } });
  });

  it('reports progress', async () => {
    flow.train = async (request, { onProgress }) => {
      onProgress({ epoch: 1, epochs: 4, step: 5, steps: 16, loss: NaN, rowsPerSecond: 80, secondsLeft: 3 });
      return untrained(request);
    };
    await flow.request(exampleRequest());
    start();
    await becomes('completed');
    expect(JSON.parse(String(flow.published[0]?.value))).toMatchObject({
      runId,
      trial: 1,
      trials: 1,
      step: 5,
      loss: null,
    });
  });
});

/** A training that ends only by its signal. */
function untilAborted(flow: TrainerFlow): { begun: Promise<void> } {
  let begin: () => void;
  const begun = new Promise<void>((resolve) => (begin = resolve));
  flow.train = (_request: TrialRequest, { signal }: TrialOptions) => {
    begin();
    return new Promise<TrialResult>((_, reject) => {
      const cancelled = () =>
        reject(Object.assign(new Error('cancelled'), { code: 'training.cancelled', retryable: false }));
      signal.addEventListener('abort', cancelled, { once: true });
    });
  };
  return { begun };
}
