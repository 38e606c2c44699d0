import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { attemptOf, ENVIRONMENT_OVERRIDES, formatProblems, parsePipeline, type Pipeline } from './index';

const MINIMAL = `apiVersion: perennial/v1
kind: Pipeline
name: credit-default
dataset:
  recordId: id
  target: { column: default, positive: 1 }
  columns:
    - { name: id, type: string }
    - { name: limit_bal, type: number, minimum: 0, nullable: false }
    - { name: sex, type: category, values: [1, 2] }
    - { name: approved_on, type: date }
    - { name: default, type: integer }
reference: { day: 2026-01-01 }
`;

function parsed(text: string, env = {}): Pipeline {
  const result = parsePipeline(text, { env });
  if (!result.ok) throw new Error(formatProblems(result.problems));
  return result.ok;
}

function problemsOf(text: string, env = {}) {
  return parsePipeline(text, { env }).problems ?? [];
}

const replaced = (from: string, to: string) => {
  if (!MINIMAL.includes(from)) throw new Error(`no ${from}`);
  return MINIMAL.replace(from, to);
};

it('a file that states every documented default means the same as one that leaves them out', () => {
  const documented = readFileSync(join(__dirname, '../testdata/documented.yaml'), 'utf8');
  const stated = parsed(documented);
  const sections =
    /^(preprocessing|quality|split|model|training|gate|improvement|approval|rollout|alerts):.*\n(?: .*\n)*/gm;
  const bare = documented.replace(sections, '').replace(/^ {2}(closing|name):.*\n/gm, '');
  expect(bare).not.toMatch(/gate|closing/);
  expect(parsed(bare)).toEqual(stated);
});

describe('a minimal pipeline', () => {
  it('takes the documented defaults', () => {
    const pipeline = parsed(MINIMAL);
    expect(pipeline.dataset.name).toBe('credit-default');
    expect(pipeline.dataset.closing).toEqual({
      manifest: true,
      graceSeconds: 60,
      rowCount: null,
      schedule: null,
      timezone: 'UTC',
    });
    expect(pipeline.model).toEqual({
      kind: 'tab-transformer',
      dModel: 32,
      heads: 4,
      layers: 6,
      feedForward: 64,
      dropout: 0.3,
    });
    expect(pipeline.gate).toEqual({
      metric: 'f1',
      averaging: 'binary',
      threshold: 0.75,
      decisionThreshold: 'tuned',
      minimumRows: 1000,
    });
    expect(pipeline.quality.rowCount).toEqual({ minimumRatio: 0.5, maximumRatio: 2 });
    expect(pipeline.preprocessing.dates.parts).toEqual(['year', 'month', 'dayOfMonth', 'dayOfWeek']);
    expect(pipeline.improvement.attempts).toHaveLength(3);
    expect(pipeline.alerts.routes.critical).toEqual(['pagerduty', 'slack']);
  });

  it('gives a train attempt the epochs and rate of training, and repeats the last attempt', () => {
    const pipeline = parsed(`${MINIMAL}training: { epochs: 7, learningRate: 0.001 }\n`);
    const expected = { strategy: 'train', epochs: 7, learningRate: 0.001, window: { days: 'all' } };
    expect(attemptOf(pipeline, 3)).toEqual(expected);
    expect(attemptOf(pipeline, 9)).toEqual(expected);
    expect(attemptOf(pipeline, 1)).toMatchObject({ strategy: 'fine-tune', epochs: 3, learningRate: 0.0001 });
  });
});

describe('the kind of model', () => {
  const modelOf = (declared: string) => parsed(`${MINIMAL}model: ${declared}\n`).model;

  it('is the documented one unless another is named, and brings its own defaults', () => {
    expect(modelOf('{ layers: 2 }')).toMatchObject({ kind: 'tab-transformer', layers: 2, heads: 4 });
    expect(modelOf('{ kind: logistic-regression }')).toEqual({ kind: 'logistic-regression' });
    expect(modelOf('{ kind: mlp, hidden: [8] }')).toEqual({ kind: 'mlp', embedding: 8, hidden: [8], dropout: 0.2 });
    expect(modelOf('{ kind: ft-transformer }')).toMatchObject({ heads: 8, attentionDropout: 0.2 });
  });

  it('knows its own keys and no others', () => {
    const rules = (declared: string, env = {}) =>
      problemsOf(`${MINIMAL}model: ${declared}\n`, env).map(({ path, rule }) => `${path}: ${rule}`);
    expect(rules('{ kind: mlp, hiden: [8] }')).toEqual(['model.hiden: is not a known key; did you mean hidden?']);
    expect(rules('{ kind: ft-transformer, dModel: 30, layers: 0 }')).toEqual([
      'model.layers: must be at least 1',
      'model.dModel: must be divisible by model.heads (8)',
    ]);
    expect(rules('{ kind: forest }')[0]).toMatch(/^model.kind: must be one of "tab-transformer", "ft-transformer"/);
    expect(rules('{ kind: mlp }', { NHEAD: '2' })).toEqual([expect.stringMatching(/^model.heads: is not a known key/)]);
    expect(rules('7')).toEqual(['model: must be a map']);
  });
});

describe('pretraining', () => {
  const pretrainingOf = (declared: string) =>
    parsed(`${MINIMAL}training: { pretraining: ${declared} }\n`).training.pretraining;

  it('happens only where it is declared, with defaults of its own', () => {
    expect(parsed(MINIMAL).training.pretraining).toBeNull();
    expect(pretrainingOf('null')).toBeNull();
    expect(pretrainingOf('{ corruption: 0.6, patience: null }')).toEqual({
      ...{ epochs: 20, corruption: 0.6, temperature: 0.2, projection: 64, batchSize: 128, learningRate: 0.001 },
      patience: null,
    });
  });

  it.each([
    ['{ corruption: 1.5 }', 'corruption', 'must be at most 1'],
    ['{ corruption: 0 }', 'corruption', 'must be greater than 0'],
    ['{ temperature: 0 }', 'temperature', 'must be greater than 0'],
    ['{ batchSize: 1 }', 'batchSize', 'must be at least 2'],
    ['{ projection: 0.5 }', 'projection', 'must be an integer'],
    ['{ temprature: 1 }', 'temprature', 'is not a known key; did you mean temperature?'],
  ])('refuses %s', (declared, field, rule) => {
    const problems = problemsOf(`${MINIMAL}training: { pretraining: ${declared} }\n`);
    expect(problems).toMatchObject([{ path: `training.pretraining.${field}`, rule, line: 14 }]);
  });

  it('is refused for a kind of model without an encoder', () => {
    const problems = problemsOf(`${MINIMAL}model: { kind: logistic-regression }\ntraining: { pretraining: {} }\n`);
    expect(problems).toMatchObject([
      {
        path: 'training.pretraining',
        rule: 'must be null: model.kind logistic-regression has no encoder that could be pretrained',
        line: 15,
      },
    ]);
  });
});

describe('a model of trees', () => {
  const trees = (rest = '') => `${MINIMAL}model: { kind: lightgbm${rest} }\n`;

  it('says itself how many trees grow and how fast, and has attempts of its own', () => {
    const { model, training, improvement } = parsed(trees(', numIterations: 300, learningRate: 0.1'));
    expect(model).toMatchObject({ numLeaves: 15, lambdaL2: 5, earlyStoppingRound: 100, categoricalSplits: 'native' });
    expect(training).toMatchObject({ epochs: 300, learningRate: 0.1, classWeights: 'balanced' });
    expect(improvement.attempts).toEqual([
      { strategy: 'fine-tune', epochs: 20, learningRate: 0.05, window: { days: 1 } },
      { strategy: 'fine-tune-search', window: { days: 3 }, search: { learningRates: [0.02, 0.1], epochs: [20, 50] } },
      { strategy: 'train', epochs: 300, learningRate: 0.1, window: { days: 'all' } },
    ]);
    const declared = parsed(`${trees()}improvement: { attempts: [{ strategy: fine-tune, epochs: 7 }] }`);
    expect(attemptOf(declared, 1)).toMatchObject({ epochs: 7, learningRate: 0.05 });
  });

  it.each([
    [', numLeaves: 1', 'model.numLeaves', /at least 2/],
    [', featureFraction: 1.5', 'model.featureFraction', /at most 1/],
    [', num_leaves: 31', 'model.num_leaves', /did you mean numLeaves/],
    [', categoricalSplits: ordered', 'model.categoricalSplits', /"native", "codes"/],
  ])('refuses %s', (rest, path, rule) => {
    expect(problemsOf(trees(rest))).toEqual([expect.objectContaining({ path, rule: expect.stringMatching(rule) })]);
  });

  it('refuses what only networks are trained with, from variables too', () => {
    const declared = `${trees()}training: { seed: 1, batchSize: 64, earlyStopping: null }\n`;
    expect(problemsOf(declared, { EPOCHS: '3' }).map(({ path, rule, variable }) => [path, rule, variable])).toEqual([
      ['training.epochs', 'does not apply to model.kind lightgbm; model.numIterations does', 'EPOCHS'],
      ['training.batchSize', 'does not apply to model.kind lightgbm', undefined],
      ['training.earlyStopping', 'does not apply to model.kind lightgbm; model.earlyStoppingRound does', undefined],
    ]);
  });
});

describe('rollout', () => {
  it('goes out all at once unless it says otherwise', () => {
    const { rollout } = parsed(MINIMAL);
    expect(rollout).toMatchObject({ strategy: 'all-at-once', timeoutSeconds: 60, stickyBy: [] });
    expect(parsed(`${MINIMAL}rollout: { canary: { steps: [{ weight: 0.5 }] } }`).rollout.canary.steps).toEqual([
      { weight: 0.5, seconds: 300, minimumPredictions: 100 },
    ]);
  });

  it.each([
    ['canary: { steps: [{ weight: 25 }, { weight: 25 }] }', 'canary.steps[1].weight', /more than .* before \(25\)/],
    ['canary: { steps: [{ weight: 100 }] }', 'canary.steps[0].weight', /less than 100/],
    ['ab: { treatment: control }', 'ab.treatment', /not be the name of the control/],
    ['stickyBy: [id, nobody]', 'stickyBy[1]', /name one of dataset.columns/],
    ['strategy: cannary', 'strategy', /"canary"/],
  ])('refuses %s', (rest, path, rule) => {
    expect(problemsOf(`${MINIMAL}rollout: { ${rest} }\n`)).toEqual([
      expect.objectContaining({ path: `rollout.${path}`, rule: expect.stringMatching(rule), line: 14 }),
    ]);
  });
});

describe('problems', () => {
  it('are all reported at once, with path, rule, value and line', () => {
    const text = MINIMAL.replace('type: number', 'type: decimal').replace('2026-01-01', '2026-02-30');
    const problems = problemsOf(`${text}model: { dModel: 30, heads: 4, layrs: 2 }\nsplit: { holdout: 0.9 }\n`);
    expect(problems.map(({ path, line }) => [path, line])).toEqual([
      ['dataset.columns[1].type', 9],
      ['reference.day', 13],
      ['model.layrs', 14],
      ['model.dModel', 14],
      ['split', 15],
    ]);
    const text2 = formatProblems(problems);
    expect(text2).toContain('pipeline.yaml:14 model.layrs: is not a known key; did you mean layers?; found 2');
    expect(text2).toContain('pipeline.yaml:14 model.dModel: must be divisible by model.heads (4); found 30');
    expect(text2).toContain(
      'must be one of "string", "number", "integer", "boolean", "date", "category"; found "decimal"',
    );
  });

  it.each([
    ['an absent section', MINIMAL.replace(/reference.*\n/, ''), 'reference', /^is required, must be a map$/],
    ['an absent key', replaced('name: credit-default\n', ''), 'name', /^is required, must be a string$/],
    ['a bad name', replaced('name: credit-default', 'name: Credit_Default'), 'name', /a-z, 0-9 and -/],
    ['a record id that is no column', replaced('recordId: id', 'recordId: key'), 'dataset.recordId', /must name one/],
    [
      'a record id that is the target',
      replaced('recordId: id', 'recordId: default'),
      'dataset.recordId',
      /must not be the target/,
    ],
    ['a target that is no column', replaced('column: default', 'column: y'), 'dataset.target.column', /must name one/],
    [
      'a positive that the target cannot take',
      replaced('positive: 1', 'positive: yes please'),
      'dataset.target.positive',
      /can take/,
    ],
    [
      'no feature',
      MINIMAL.replace(/(limit_bal|sex|approved_on),/g, '$1, feature: false,'),
      'dataset.columns',
      /at least one feature besides recordId and target/,
    ],
    ['a duplicate column', replaced('name: sex', 'name: id'), 'dataset.columns[2].name', /unique/],
    ['a format of a number', replaced('minimum: 0,', 'format: x,'), 'dataset.columns[1].format', /does not apply/],
    [
      'minimum above maximum',
      replaced('minimum: 0', 'minimum: 2, maximum: 1'),
      'dataset.columns[1].minimum',
      /at most maximum/,
    ],
    [
      'a date bound that is no day',
      replaced('type: date', 'type: date, minimum: 3'),
      'dataset.columns[3].minimum',
      /calendar day/,
    ],
    [
      'a format without a day',
      replaced('type: date', 'type: date, format: yyyy-MM'),
      'dataset.columns[3].format',
      /yyyy, MM and dd/,
    ],
    ['repeated values', replaced('[1, 2]', '[1, "1"]'), 'dataset.columns[2].values[1]', /unique/],
    [
      'no way to close',
      replaced('  columns:', '  closing: { manifest: false }\n  columns:'),
      'dataset.closing',
      /manifest, rowCount or schedule/,
    ],
    [
      'a bad cron',
      replaced('  columns:', '  closing: { schedule: "61 * * * *" }\n  columns:'),
      'dataset.closing.schedule',
      /cron/,
    ],
    [
      'a bad zone',
      replaced('  columns:', '  closing: { timezone: Mars/Base }\n  columns:'),
      'dataset.closing.timezone',
      /IANA/,
    ],
    [
      'an approver-less manual approval',
      `${MINIMAL}approval: { mode: manual }`,
      'approval.approvers',
      /at least one approver/,
    ],
    [
      'a search-less search',
      `${MINIMAL}improvement: { attempts: [{ strategy: fine-tune-search }] }`,
      'improvement.attempts[0].search',
      /is required/,
    ],
    [
      'an unknown strategy',
      `${MINIMAL}improvement: { attempts: [{ strategy: pray }] }`,
      'improvement.attempts[0].strategy',
      /one of "fine-tune", "fine-tune-search", "train"/,
    ],
    [
      'surplus attempts',
      `${MINIMAL}improvement: { maxAttempts: 1, attempts: [{ strategy: train }, { strategy: train }] }`,
      'improvement.attempts',
      /more entries/,
    ],
    ['a threshold above one', `${MINIMAL}gate: { threshold: 1.2 }`, 'gate.threshold', /at most 1/],
    [
      'a decision threshold',
      `${MINIMAL}gate: { decisionThreshold: auto }`,
      'gate.decisionThreshold',
      /"tuned" or must be a number|must be a number|must be "tuned"/,
    ],
    ['a misspelt section', `${MINIMAL}improvment: {}`, 'improvment', /did you mean improvement/],
    [
      'a key inside an attempt',
      `${MINIMAL}improvement: { attempts: [{ strategy: fine-tune, epoch: 3 }] }`,
      'improvement.attempts[0].epoch',
      /did you mean epochs/,
    ],
    [
      'a bad row-count band',
      `${MINIMAL}quality: { rowCount: { minimumRatio: 3 } }`,
      'quality.rowCount.minimumRatio',
      /at most maximumRatio/,
    ],
  ])('%s', (_name, text, path, rule) => {
    const problems = problemsOf(text);
    expect(problems.map((problem) => problem.path)).toEqual([path]);
    expect(problems[0]?.rule).toMatch(rule);
  });

  it('reports a syntax error and a duplicate key with the line', () => {
    expect(problemsOf('a: [1\nb: 2\n')[0]).toMatchObject({ rule: expect.stringContaining('not valid YAML') as string });
    expect(problemsOf(`${MINIMAL}name: twice\n`)[0]).toMatchObject({ line: 14 });
    const bomb = `a: &a [x]\nb: &b [${'*a,'.repeat(60)}]\nc: [${'*b,'.repeat(60)}]\n`;
    expect(problemsOf(bomb)[0]?.rule).toMatch(/alias/i);
    expect(problemsOf('a: *missing')[0]?.rule).toMatch(/alias/i);
    expect(problemsOf('')[0]).toMatchObject({ rule: 'must be a map' });
    expect(problemsOf('- 1')[0]).toMatchObject({ rule: 'must be a map' });
  });
});

describe('environment variables', () => {
  it('override every documented field', () => {
    const env = Object.fromEntries(Object.keys(ENVIRONMENT_OVERRIDES).map((name) => [name, '2']));
    const pipeline = parsed(MINIMAL, { ...env, F1_THRESHOLD: '0.5', DROPOUT_RATE: '0.1', LEARNING_RATE: '1e-4' });
    expect(pipeline.gate).toMatchObject({ threshold: 0.5, minimumRows: 2 });
    expect(pipeline.improvement.maxAttempts).toBe(2);
    expect(pipeline.model).toMatchObject({ dModel: 2, heads: 2, layers: 2, feedForward: 2, dropout: 0.1 });
    expect(pipeline.training).toMatchObject({ learningRate: 0.0001, batchSize: 2, epochs: 2 });
  });

  it('that are empty change nothing', () => {
    expect(parsed(MINIMAL, { EPOCHS: ' ' }).training.epochs).toBe(10);
  });

  it('that are wrong are named', () => {
    const problems = problemsOf(MINIMAL, { F1_THRESHOLD: '7', EPOCHS: 'many', NHEAD: '5' });
    expect(problems).toEqual([
      { path: 'training.epochs', rule: 'must be a number', value: 'many', line: null, variable: 'EPOCHS' },
      { path: 'gate.threshold', rule: 'must be at most 1', value: 7, line: null, variable: 'F1_THRESHOLD' },
      { path: 'model.dModel', rule: 'must be divisible by model.heads (5)', value: 32, line: 1 },
    ]);
    expect(formatProblems(problems)).toContain('F1_THRESHOLD gate.threshold: must be at most 1; found 7');
  });

  it('may lower maxAttempts below the attempts declared in the file', () => {
    expect(parsed(MINIMAL, { MAX_RETRAIN_ATTEMPTS: '1' }).improvement.maxAttempts).toBe(1);
  });

  it('has no more attempts than are made', () => {
    const { improvement } = parsed(`${MINIMAL}improvement: { maxAttempts: 2 }`);
    expect(improvement.attempts).toEqual(parsed(MINIMAL).improvement.attempts.slice(0, 2));
  });

  it.each([' :', '[', '- ', '{a: '])('refuses %p a hundred thousand times with a problem', (part) => {
    const { problems } = parsePipeline(part.repeat(100_000)) as { problems: { rule: string }[] };
    expect(problems[0]?.rule).toContain('is not valid YAML');
  });
});
