import {
  exampleBase,
  exampleFile,
  examplePipeline,
  exampleRequest,
  forestYaml,
  pipelineYaml,
} from '../testing/run.examples';
import { runSeed } from './run.seed';
import { hyperparameters, trainingPlan } from './training.plan';

const pipeline = examplePipeline();
const checkpoint = exampleFile('checkpoint');
const base = exampleBase(checkpoint);

describe('the plan of a run', () => {
  it('trains the first model as `training` says, though attempt 1 declares fine-tuning', () => {
    const plan = trainingPlan(pipeline, exampleRequest({ strategy: 'train', attempt: 1, base }));
    expect(plan.trials).toEqual([{ epochs: 4, learningRate: 0.003 }]);
    expect(plan.checkpoint).toBeNull();
  });

  it('fine-tunes the base as the attempt declares', () => {
    const plan = trainingPlan(pipeline, exampleRequest({ strategy: 'fine-tune', attempt: 1, base }));
    expect(plan).toMatchObject({ trials: [{ epochs: 2, learningRate: 0.001 }], checkpoint });
    expect(plan.training).toMatchObject({ batchSize: 16, optimizer: 'adam', classWeights: 'balanced' });
  });

  it('searches every combination', () => {
    const plan = trainingPlan(pipeline, exampleRequest({ strategy: 'fine-tune-search', attempt: 2, base }));
    expect(plan.trials).toEqual([
      { epochs: 1, learningRate: 0.001 },
      { epochs: 2, learningRate: 0.001 },
      { epochs: 1, learningRate: 0.003 },
      { epochs: 2, learningRate: 0.003 },
    ]);
  });

  it('trains anew with what the attempt overrides, and repeats the last declared attempt', () => {
    const plan = trainingPlan(pipeline, exampleRequest({ strategy: 'train', attempt: 5 }));
    expect(plan.trials).toEqual([{ epochs: 3, learningRate: 0.003 }]);
  });

  it('refuses to fine-tune without a checkpoint', () => {
    for (const without of [null, exampleBase(null)]) {
      const request = exampleRequest({ strategy: 'fine-tune', base: without });
      expect(() => trainingPlan(pipeline, request)).toThrow(expect.objectContaining({ code: 'run.no-checkpoint' }));
    }
  });

  it('refuses a strategy that the pipeline does not declare for the attempt', () => {
    const request = exampleRequest({ strategy: 'fine-tune', attempt: 2, base });
    expect(() => trainingPlan(pipeline, request)).toThrow(
      'run rain.2026-01-04.1 asks for fine-tune, but attempt 2 of rain declares fine-tune-search',
    );
  });

  it('counts iterations of trees, and tells of them only what they were grown with', () => {
    const forest = examplePipeline('rain', forestYaml);
    const plan = trainingPlan(forest, exampleRequest());
    const [trial] = plan.trials;
    expect(trial).toEqual({ epochs: 40, learningRate: 0.1 });
    const told = hyperparameters(forest, plan, trial!, 1);
    expect(told).toMatchObject({ kind: 'lightgbm', numLeaves: 7, epochs: 40, classWeights: 'balanced', trials: 1 });
    expect(told).not.toHaveProperty('batchSize');
    expect(told).not.toHaveProperty('numIterations');
    expect(hyperparameters(pipeline, trainingPlan(pipeline, exampleRequest()), trial!, 2)).toMatchObject({
      ...{ kind: 'tab-transformer', batchSize: 16, epochs: 40, learningRate: 0.1, trials: 2 },
    });
  });

  it('pretrains where the pipeline says so, but not what is fine-tuned', () => {
    const declaring = (name: string) =>
      pipelineYaml(name).replace('training: {', 'training: { pretraining: { epochs: 2 },');
    const pretraining = { epochs: 2, corruption: 0.3, temperature: 0.2, patience: 3 };
    const pretrained = examplePipeline('rain', declaring);
    const anew = trainingPlan(pretrained, exampleRequest({ strategy: 'train', attempt: 1, base }));
    expect(anew).toMatchObject({ pretraining });
    expect(anew.training).not.toHaveProperty('pretraining');
    expect(hyperparameters(pretrained, anew, anew.trials[0]!, 1)).toMatchObject({ pretraining, epochs: 4 });
    const tuned = trainingPlan(pretrained, exampleRequest({ strategy: 'fine-tune', attempt: 1, base }));
    expect(tuned.pretraining).toBeNull();
    expect(hyperparameters(pretrained, tuned, tuned.trials[0]!, 1)).not.toHaveProperty('pretraining');
    expect(trainingPlan(pipeline, exampleRequest()).pretraining).toBeNull();
  });

  it('seeds a run by the pipeline and its id alone', () => {
    // printf '7/a' | sha256sum
    expect(runSeed(7, 'a')).toBe(0x681ebd31);
    expect(runSeed(7, 'a')).not.toBe(runSeed(7, 'b'));
    expect(runSeed(7, 'a')).not.toBe(runSeed(8, 'a'));
  });
});
