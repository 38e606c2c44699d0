import { initialiseParameters, type ModelConfig, parameterLayout } from '@perennial/tabular-models';
import { pretrain, pretrainAndTrain } from './pretrain';
import type { PretrainingConfig, PretrainingRequest } from './pretraining.request';
import { runPretraining } from './pretraining.run';
import { startingParameters } from './starting.parameters';
import { separableRows, smallModel, smallRequest } from './testing/synthetic.rows';
import type { TrainingProgress, TrainingRequest } from './training.request';
import { runTraining } from './training.run';

// A busy machine is slow to start a process.
jest.setTimeout(120_000);

const pretraining: PretrainingConfig = {
  ...{ epochs: 6, batchSize: 32, learningRate: 3e-3, corruption: 0.5, temperature: 0.5, projection: 8, patience: null },
};
const mlp: ModelConfig = { kind: 'mlp', embedding: 4, hidden: [16, 8], dropout: 0.1, ...featuresOf(smallModel) };

function featuresOf({ categorical, numeric }: ModelConfig) {
  return { categorical, numeric };
}

/** Two kinds of rows, told apart by each of their features. 205 rows: the last batch is partial. */
function clustered(rows: number, seed: number) {
  const all = separableRows(rows, seed);
  for (let row = 0; row < rows; row++) {
    const sign = row % 2 === 0 ? 1 : -1;
    for (let at = row * 3; at < row * 3 + 3; at++) all.numeric[at] = sign * (1 + Math.abs(all.numeric[at] as number));
    all.categorical[row * 2] = row % 2 === 0 ? 1 : 2;
  }
  return all;
}

function request(change: Partial<PretrainingRequest> = {}): PretrainingRequest {
  return { model: mlp, pretraining, seed: 5, train: clustered(205, 1), validation: clustered(70, 2), ...change };
}

const run = (given: PretrainingRequest) => runPretraining(given, { now: () => performance.now() });
const withTerms = (change: Partial<PretrainingConfig>) => request({ pretraining: { ...pretraining, ...change } });
const startFrom = (checkpoint: Uint8Array, model: ModelConfig = mlp): TrainingRequest =>
  smallRequest({ model, initialCheckpoint: checkpoint });

describe('a pretraining', () => {
  it('lowers the contrastive loss on views of rows that it did not see', async () => {
    const { history, steps, epoch } = await run(request());
    expect([history.length, epoch, steps]).toEqual([6, 6, 6 * Math.ceil(205 / 32)]);
    expect(history.at(-1)!.validationLoss).toBeLessThan(history[0]!.validationLoss! - 0.05);
    // A view told from 63 others by chance.
    expect(history.at(-1)!.validationLoss).toBeLessThan(Math.log(63));
  });

  it('gives the same bytes for the same seed and others for another', async () => {
    const [first, again, other] = [await run(request()), await run(request()), await run(request({ seed: 6 }))];
    expect(Buffer.compare(first.checkpoint, again.checkpoint)).toBe(0);
    expect(first.history.map(({ validationLoss }) => validationLoss)).toEqual(
      again.history.map(({ validationLoss }) => validationLoss),
    );
    expect(other.parameters).not.toEqual(first.parameters);
  });

  it('does not read labels, and needs none', async () => {
    const unlabelled = (rows: number, seed: number) => ({ ...clustered(rows, seed), labels: new Int32Array(0) });
    const without = await run(request({ train: unlabelled(205, 1), validation: unlabelled(70, 2) }));
    expect(without.parameters).toEqual((await run(request())).parameters);
  });

  it.each<[string, ModelConfig]>([
    ['tab-transformer', smallModel],
    [
      'ft-transformer',
      {
        ...{ kind: 'ft-transformer', dModel: 8, heads: 2, layers: 1, feedForward: 8, ...featuresOf(smallModel) },
        ...{ attentionDropout: 0.1, feedForwardDropout: 0.1, residualDropout: 0 },
      },
    ],
    ['mlp of numbers alone', { ...mlp, categorical: [] }],
    ['mlp of categories alone', { ...mlp, numeric: [] }],
  ])('works for a %s', async (_, model) => {
    const rows = (count: number, seed: number) => {
      const all = clustered(count, seed);
      const none = { categorical: new Int32Array(0), numeric: new Float32Array(0) };
      if (model.categorical.length === 0) return { ...all, categorical: none.categorical };
      return model.numeric.length === 0 ? { ...all, numeric: none.numeric } : all;
    };
    const { history } = await run(request({ model, train: rows(205, 1), validation: rows(70, 2) }));
    expect(history.at(-1)!.validationLoss).toBeLessThan(history[0]!.validationLoss!);
  });

  it('stops when views of the validation rows are told apart no better, with the encoder of the best epoch', async () => {
    const terms = { patience: 1, learningRate: 0.05 };
    const stopped = await run(withTerms({ ...terms, epochs: 200 }));
    expect(stopped.history.length).toBe(stopped.epoch + 1);
    const ended = await run(withTerms({ ...terms, epochs: stopped.epoch }));
    expect(ended.parameters).toEqual(stopped.parameters);
  });

  it('goes to its end without validation rows', async () => {
    const result = await run(request({ ...withTerms({ patience: 1, epochs: 2 }), validation: clustered(0, 2) }));
    expect(result.history.map(({ validationLoss }) => validationLoss)).toEqual([null, null]);
    expect(result.epoch).toBe(2);
  });

  it('says when the loss is no longer a number', async () => {
    await expect(run(withTerms({ learningRate: 1e38 }))).rejects.toMatchObject({ code: 'training.diverged' });
  });

  it.each<[string, PretrainingRequest, string]>([
    ['corruption', withTerms({ corruption: 0 }), 'pretraining.corruption is 0: must be above 0 and at most 1'],
    ['temperature', withTerms({ temperature: -1 }), 'pretraining.temperature is -1: must be positive'],
    ['batchSize', withTerms({ batchSize: 1 }), 'pretraining.batchSize is 1: must be an integer from 2 to 2048'],
    ['patience', withTerms({ patience: 0 }), 'pretraining.patience is 0: must be a positive integer or null'],
    ['seed', request({ seed: 0.5 }), 'seed is 0.5: must be an integer'],
    ['train.rows', request({ train: clustered(1, 1) }), 'train has 1 rows: at least two are needed'],
    [
      'kind of model',
      request({ model: { kind: 'logistic-regression', ...featuresOf(mlp) } }),
      'model.kind is "logistic-regression": has no encoder that could be pretrained',
    ],
  ])('refuses a wrong %s', async (_, given, message) => {
    await expect(run(given)).rejects.toThrow(message);
  });
});

describe('a training from a pretrained encoder', () => {
  it('begins with the encoder, by name, and a head drawn anew', async () => {
    const { checkpoint, layout, parameters } = await run(request());
    const begun = startingParameters(startFrom(checkpoint));
    const fresh = initialiseParameters(parameterLayout(mlp), 5);
    for (const { name, offset, size } of parameterLayout(mlp).parameters) {
      const learnt = layout.find((parameter) => parameter.name === name);
      const from = learnt ? parameters.subarray(learnt.offset) : fresh.subarray(offset);
      expect(begun.subarray(offset, offset + size)).toEqual(from.subarray(0, size));
    }
    expect(layout.map(({ name }) => name)).not.toContain('output.weight');
    expect(parameterLayout(mlp).parameters.map(({ name }) => name)).toContain('output.weight');
    expect(begun.subarray(0, 8)).not.toEqual(fresh.subarray(0, 8));
    const trained = await runTraining(startFrom(checkpoint), { now: () => 0 });
    expect(trained.history.at(-1)!.trainLoss).toBeLessThan(trained.history[0]!.trainLoss);
  });

  it('takes another dropout, and lists every other difference', async () => {
    const { checkpoint } = await run(withTerms({ epochs: 1 }));
    expect(() => startingParameters(startFrom(checkpoint, { ...mlp, dropout: 0.4 }))).not.toThrow();
    const numeric = ['x', 'z', 'y'];
    expect(() => startingParameters(startFrom(checkpoint, { ...mlp, hidden: [16, 9], numeric }))).toThrow(
      /hidden is \[16,8\] in the checkpoint, \[16,9\] now; numeric features are .*; hidden\.1\.weight is \[8, 16\] in the checkpoint, \[9, 16\] now/,
    );
    expect(() => startingParameters(startFrom(checkpoint, smallModel))).toThrow(
      /kind is "mlp" in the checkpoint, "tab-transformer" now; .*encoder\.0\.attention\.in\.weight is missing/,
    );
    expect(() => startingParameters(startFrom(checkpoint, smallModel))).toThrow(
      expect.objectContaining({ code: 'training.checkpoint-mismatch' }),
    );
  });
});

describe('in a process of its own', () => {
  it('gives the very bytes of a run in this one, and reports', async () => {
    const progress: TrainingProgress[] = [];
    const result = await pretrain(request(), { onProgress: (report) => progress.push(report) });
    expect(Buffer.compare(result.checkpoint, (await run(request())).checkpoint)).toBe(0);
    expect(progress.at(-1)).toMatchObject({ epoch: 6, step: result.steps, steps: result.steps, secondsLeft: 0 });
  });

  it('stops when asked to', async () => {
    const stop = new AbortController();
    const running = pretrain(withTerms({ epochs: 100_000 }), { signal: stop.signal, onProgress: () => stop.abort() });
    await expect(running).rejects.toMatchObject({ code: 'training.cancelled' });
  });

  it('trains from what it pretrained, or plainly where nothing is to be pretrained', async () => {
    const { model } = request();
    const both = await pretrainAndTrain(smallRequest({ model }), pretraining);
    const { train, validation } = smallRequest();
    const { checkpoint } = await run(request({ train, validation }));
    const apart = await runTraining(startFrom(checkpoint), { now: () => 0 });
    expect(both.parameters).toEqual(apart.parameters);
    const plain = await pretrainAndTrain(smallRequest({ model }), null);
    expect(plain.parameters).toEqual((await runTraining(smallRequest({ model }), { now: () => 0 })).parameters);
  });

  it('goes on from the encoder that an interrupted call pretrained, on the rows that it was given', async () => {
    const { model, train, validation } = request();
    const rows = { train, validation };
    let encoder: Uint8Array | undefined;
    const reports: TrainingProgress[] = [];
    const observed = {
      onPretraining: (report: TrainingProgress) => void reports.push(report),
      onPretrained: (bytes: Uint8Array) => void (encoder = bytes),
    };
    const whole = await pretrainAndTrain({ ...smallRequest({ model }), pretrainingRows: rows }, pretraining, observed);
    expect(Buffer.compare(encoder!, (await run(request())).checkpoint)).toBe(0);
    expect(reports.length).toBeGreaterThan(0);
    reports.length = 0;
    const resumed = await pretrainAndTrain({ ...smallRequest({ model }), encoder }, pretraining, observed);
    expect([resumed.parameters, reports]).toEqual([whole.parameters, []]);
  });
});
