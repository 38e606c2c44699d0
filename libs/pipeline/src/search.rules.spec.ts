import { parsePipeline } from './parse-pipeline';
import { modelKinds, type Pipeline } from './pipeline';
import { searchedModel } from './search.rules';

const head = `apiVersion: perennial/v1
kind: Pipeline
name: rain
dataset:
  recordId: id
  target: { column: rained, positive: 1 }
  columns:
    - { name: id, type: string }
    - { name: wind, type: number }
    - { name: rained, type: integer }
reference: { day: '2026-01-01' }
improvement:
  attempts:
    - strategy: search
      search:
`;
const withSearch = (...lines: string[]) => parsePipeline(head + lines.map((line) => `        ${line}\n`).join(''));
const inSpace = (...lines: string[]) => withSearch('space:', ...lines.map((line) => `  ${line}`));
const problems = (result: ReturnType<typeof inSpace>) =>
  result.problems?.map(({ path, rule }) => [path.replace('improvement.attempts[0].search.', ''), rule]);

describe('a search in pipeline.yaml', () => {
  it('has every parameter in full form', () => {
    const { ok } = inSpace(
      'mlp:',
      '  hidden: { choices: [[64], [128, 64]] }',
      '  dropout: { min: 0, max: 0.5 }',
      '  embedding: { min: 4, max: 16, scale: log }',
      '  optimizer: adamw',
      '  clipNorm: { choices: [null, 1] }',
      'logistic-regression: { learningRate: { min: 0.0001, max: 0.1, scale: log } }',
    );
    expect(ok?.improvement.attempts[0]).toEqual({
      strategy: 'search',
      window: { days: 'all' },
      search: {
        space: {
          mlp: {
            hidden: { choices: [[64], [128, 64]] },
            dropout: { min: 0, max: 0.5, scale: 'linear', integer: false },
            embedding: { min: 4, max: 16, scale: 'log', integer: true },
            optimizer: { choices: ['adamw'] },
            clipNorm: { choices: [null, 1] },
          },
          'logistic-regression': { learningRate: { min: 0.0001, max: 0.1, scale: 'log', integer: false } },
        },
        metric: 'rocAuc',
        budget: { trials: 30, seconds: 1800 },
        parallel: 1,
        halving: null,
      },
    });
  });

  it.each([
    ['forest: {}', 'space.forest', /is not a known kind of model; known are tab-transformer, /],
    ['mlp: { droput: 0.1 }', 'space.mlp.droput', /is not a known parameter of mlp; did you mean dropout\?/],
    ['mlp: { heads: 4 }', 'space.mlp.heads', /is not a known parameter of mlp; known are embedding, hidden, /],
    ['mlp: { seed: 4 }', 'space.mlp.seed', /is not a known parameter/],
    ['mlp: { dropout: 1 }', 'space.mlp.dropout', /must be less than 1/],
    ['mlp: { dropout: { min: 0, max: 1 } }', 'space.mlp.dropout.max', /must be less than 1/],
    ['mlp: { dropout: { min: 0.5, max: 0.2 } }', 'space.mlp.dropout.max', /must be greater than min \(0.5\)/],
    ['mlp: { dropout: { min: 0, max: 0.2, scale: log } }', 'space.mlp.dropout.min', /must be greater than 0 on a log/],
    [
      'mlp: { dropout: { min: 0, max: 0.2, scale: cube } }',
      'space.mlp.dropout.scale',
      /must be one of "linear", "log"/,
    ],
    ['mlp: { dropout: { min: 0 } }', 'space.mlp.dropout.max', /is required, must be a number/],
    ['mlp: { dropout: { min: 0, max: 0.1, stp: 1 } }', 'space.mlp.dropout.stp', /is not a known key/],
    ['mlp: { dropout: { from: 0 } }', 'space.mlp.dropout', /must be \{min, max\}, \{choices\} or a constant/],
    ['mlp: { dropout: { choices: [] } }', 'space.mlp.dropout.choices', /must have at least 1 entries/],
    ['mlp: { dropout: { choices: [0.1, 2] } }', 'space.mlp.dropout.choices[1]', /must be less than 1/],
    ['mlp: { dropout: { choices: [0.1, 0.1] } }', 'space.mlp.dropout.choices[1]', /must be there once/],
    ['mlp: { epochs: { min: 1.5, max: 4 } }', 'space.mlp.epochs.min', /must be an integer/],
    ['mlp: { epochs: { min: 1, max: 4, integer: false } }', 'space.mlp.epochs.integer', /must be true/],
    ['mlp: { hidden: { min: 1, max: 4 } }', 'space.mlp.hidden', /must be \{choices\} or a constant: it is no number/],
    ['mlp: { optimizer: { choices: [adam, lion] } }', 'space.mlp.optimizer.choices[1]', /must be one of "sgd"/],
    [
      'tab-transformer: { heads: { choices: [4, 5] } }',
      'space.tab-transformer.dModel',
      /must be divisible by heads \(5\)/,
    ],
    [
      'tab-transformer: { dModel: { min: 8, max: 64 } }',
      'space.tab-transformer.dModel',
      /must be \{choices\} or a const/,
    ],
  ])('is refused: %s', (line, path, rule) => {
    expect(problems(inSpace(line))).toEqual([[path, expect.stringMatching(rule)]]);
  });

  it.each([
    [['space: {}'], 'space', /must name at least one of tab-transformer/],
    [['space: { mlp: {} }', 'halving: { minimum: 0.5, factor: 3 }'], 'halving.minimum', /must be at most 1\/factor/],
    [['space: { mlp: {} }', 'halving: { minimum: 0.1, factor: 1 }'], 'halving.factor', /must be at least 2/],
    [['space: { mlp: {} }', 'budget: { trials: 0 }'], 'budget.trials', /must be at least 1/],
    [['space: { mlp: {} }', 'budget: { seconds: 0 }'], 'budget.seconds', /must be greater than 0/],
    [['space: { mlp: {} }', 'metric: accuracy'], 'metric', /must be one of "f1", "rocAuc", "logLoss"/],
    [['metric: f1'], 'space', /is required/],
    [['space: { mlp: {} }', 'budget: { seconds: 21600 }'], 'budget.seconds', /must be less than improvement.attemptT/],
  ])('is refused: %j', (lines, path, rule) => {
    expect(problems(withSearch(...lines))).toEqual([[path, expect.stringMatching(rule)]]);
  });
});

it('is judged beside other fields that are wrong', () => {
  const { problems: found } = withSearch(
    'space: { mlp: { dropout: 1, droput: 2 } }',
    'metric: accuracy',
    'halving: { minimum: 0.5, factor: 3 }',
    'budget: { trials: 0 }',
  );
  expect(found?.map(({ path }) => path.replace('improvement.attempts[0].search.', '')).sort()).toEqual([
    'budget.trials',
    'halving.minimum',
    'metric',
    'space.mlp.dropout',
    'space.mlp.droput',
  ]);
});

describe('the model of a configuration', () => {
  const pipeline = inSpace('mlp: {}').ok as Pipeline;

  it('is the pipeline’s own with the chosen parameters, and its training', () => {
    const own = { ...pipeline, model: { ...pipeline.model, layers: 2 } as Pipeline['model'] };
    const { model, training } = searchedModel(own, {
      kind: 'tab-transformer',
      parameters: { dropout: 0.1, learningRate: 0.01, epochs: 4 },
    });
    expect(model).toEqual({ ...own.model, dropout: 0.1 });
    expect(training).toEqual({ ...pipeline.training, learningRate: 0.01, epochs: 4 });
  });

  it('may be of any kind that is searched', () => {
    const several = inSpace('mlp: {}', 'lightgbm: { numLeaves: { min: 4, max: 64, scale: log } }').ok as Pipeline;
    expect(modelKinds(several)).toEqual(['tab-transformer', 'mlp', 'lightgbm']);
  });

  it('is the standard one of another kind', () => {
    const { model } = searchedModel(pipeline, { kind: 'mlp', parameters: { hidden: [8] } });
    expect(model).toEqual({ kind: 'mlp', embedding: 8, hidden: [8], dropout: 0.2 });
  });

  it('has decay only where its optimiser has', () => {
    const decay = (optimizer: string) =>
      searchedModel(pipeline, { kind: 'mlp', parameters: { optimizer, weightDecay: 0.1 } }).training.weightDecay;
    expect([decay('adamw'), decay('adam')]).toEqual([0.1, 0]);
  });
});
