import childProcess from 'node:child_process';
import { createHash } from 'node:crypto';
import { openModel } from './loaded-model';
import { judge, TRIAL_LIMITS, tryModel } from './model.trial';
import { creditModel } from './testing/credit.fixture';
import { floats, INT64, ints, model, type ModelBytes, type NodeBytes } from './testing/onnx.bytes';

// Each model that is opened for the first time is tried in a process of its own.
jest.setTimeout(60_000);

const node = (op: string, inputs: string[], outputs: string[], more: Partial<NodeBytes> = {}): NodeBytes => ({
  ...{ op, inputs, outputs },
  ...more,
});

const opening = (given: ModelBytes | Uint8Array) =>
  openModel(given instanceof Uint8Array ? given : model(given), { name: 'm', version: '1' });
const refused = (message: RegExp) => ({
  code: 'MODEL_UNLOADABLE',
  retryable: false,
  message: expect.stringMatching(message),
});

/** The sum of `x`, added to `a`. */
const summed = [
  node('ReduceSum', ['x'], ['sum'], { attributes: { keepdims: 0 } }),
  node('Cast', ['sum'], ['float'], { attributes: { to: 1 } }),
  node('Add', ['a', 'float'], ['probability']),
];
const sizes = [
  ints('many', [3_000_000_000]),
  ints('scalar', [3_000_000_000], []),
  ints('zero', [0], []),
  ints('one', [1], []),
];
const ones = new Array(60_000).fill(1);

it.each<[string, ModelBytes]>([
  ['ConstantOfShape', { nodes: [node('ConstantOfShape', ['many'], ['x']), ...summed], initializers: sizes }],
  ['Expand', { nodes: [node('Expand', ['f', 'many'], ['x']), ...summed], initializers: [...sizes, floats('f', [1])] }],
  ['Tile', { nodes: [node('Tile', ['f', 'many'], ['x']), ...summed], initializers: [...sizes, floats('f', [1])] }],
  ['Range', { nodes: [node('Range', ['zero', 'scalar', 'one'], ['x']), ...summed], initializers: sizes }],
  [
    'Add',
    {
      nodes: [node('Add', ['down', 'across'], ['x']), ...summed],
      initializers: [floats('down', ones, [60_000, 1]), floats('across', ones, [1, 60_000])],
    },
  ],
])('a small file that asks for gigabytes by %s is refused', async (operator, given) => {
  await expect(opening(given)).rejects.toMatchObject(refused(new RegExp(`failed its trial: .*${operator}`)));
});

it('a model that takes memory by the number of rows is refused at the number it will be asked for', async () => {
  const nodes = [
    node('Transpose', ['a'], ['t']),
    node('MatMul', ['a', 't'], ['square']),
    node('Unsqueeze', ['square', 'axis'], ['cube']),
    node('Expand', ['cube', 'by'], ['x']),
    // The answer does not depend on it.
    node('Shape', ['x'], ['shape']),
    node('ReduceSum', ['shape'], ['sum'], { attributes: { keepdims: 0 } }),
    node('Mul', ['sum', 'none'], ['zero']),
    node('Cast', ['zero'], ['float'], { attributes: { to: 1 } }),
    node('Add', ['a', 'float'], ['probability']),
  ];
  const initializers = [ints('axis', [0]), ints('by', [300, 1, 1]), ints('none', [0])];
  const bytes = model({ nodes, initializers });
  await tryModel(bytes, { ...TRIAL_LIMITS, rows: 8 });
  await expect(tryModel(bytes)).rejects.toMatchObject(refused(/Expand/));
});

it('a model that takes the processor for too long is refused', async () => {
  const multiply = Array.from({ length: 400 }, (_, n) =>
    node('MatMul', [n === 0 ? 'square' : `x${n - 1}`, 'square'], [`x${n}`]),
  );
  const nodes = [node('Expand', ['f', 'size'], ['square']), ...multiply, node('Identity', ['x399'], ['x']), ...summed];
  const bytes = model({ nodes, initializers: [floats('f', [0]), ints('size', [3_000, 3_000])] });
  await expect(tryModel(bytes, { ...TRIAL_LIMITS, cpuSeconds: 1 })).rejects.toMatchObject({
    ...refused(/within 1 s of processor time/),
    details: { field: 'model', value: 'SIGXCPU', rule: expect.stringContaining('processor time') },
  });
}, 120_000);

const sigmoid = node('Sigmoid', ['a'], ['probability']);
const cast = node('Cast', ['a'], ['probability'], { attributes: { to: INT64 } });
const doubled = node('Concat', ['a', 'a'], ['probability'], { attributes: { axis: 1 } });

it.each<[string, RegExp, ModelBytes]>([
  [
    'an input of another name',
    /input a must be a float32 tensor/,
    { nodes: [node('Sigmoid', ['b'], ['probability'])], inputs: [{ name: 'b' }] },
  ],
  [
    'an input of another type',
    /input a must be a float32 tensor/,
    { nodes: [node('Cast', ['a'], ['probability'], { attributes: { to: 1 } })], inputs: [{ name: 'a', type: INT64 }] },
  ],
  ['one row only', /input a must be of shape/, { nodes: [sigmoid], inputs: [{ name: 'a', dims: [1, 1] }] }],
  [
    'an input of three values',
    /input a must be of shape/,
    { nodes: [sigmoid], inputs: [{ name: 'a', dims: ['n', 3] }] },
  ],
  ['another output', /output named probability/, { nodes: [node('Relu', ['a'], ['x'])], outputs: [{ name: 'x' }] }],
  [
    'an output of another type',
    /probability must be float32/,
    { nodes: [cast], outputs: [{ name: 'probability', type: INT64 }] },
  ],
  [
    'an output of two values',
    /probability must be float32 with one value per row/,
    { nodes: [doubled], outputs: [{ name: 'probability', dims: ['batch', 2] }] },
  ],
  ['an operator that is none', /Sigmoyd/, { nodes: [node('Sigmoyd', ['a'], ['probability'])] }],
])('a model with %s is refused before it serves', async (_, message, given) => {
  await expect(opening(given)).rejects.toMatchObject(refused(message));
});

it.each<[string, ModelBytes]>([
  ['Softmax', { nodes: [node('Softmax', ['a'], ['probability'], { attributes: { axis: 0 } })] }],
  [
    'ReduceMax',
    {
      nodes: [
        node('ReduceMax', ['a'], ['largest'], { attributes: { keepdims: 0 } }),
        node('Sub', ['a', 'largest'], ['less']),
        node('Sigmoid', ['less'], ['probability']),
      ],
    },
  ],
])('a model whose answer for a row depends on the rows beside it, by %s, is refused', async (_, given) => {
  await expect(opening(given)).rejects.toMatchObject(refused(/must answer a row alike, whatever rows are beside it/));
});

it('an artifact that passed is not tried again, and one that did not is', async () => {
  const hurried = { ...TRIAL_LIMITS, timeoutMs: 1 };
  await tryModel(creditModel);
  await tryModel(creditModel, hurried);
  // Ended from outside, a trial says nothing of the model.
  const unfinished = { code: 'TRIAL_UNFINISHED', retryable: true };
  const another = model({ nodes: [sigmoid] });
  await expect(tryModel(another, hurried)).rejects.toMatchObject(unfinished);
  await expect(tryModel(another, hurried)).rejects.toMatchObject(unfinished);
  await tryModel(another);
  await tryModel(another, hurried);
}, 60_000);

describe('a memory beyond the process', () => {
  const kept = new Map<string, number>();
  const memory = {
    recall: async (key: string) => kept.get(key),
    remember: (key: string, bytes: number) => void kept.set(key, bytes),
  };
  const hurried = { ...TRIAL_LIMITS, timeoutMs: 1 };
  beforeEach(() => kept.clear());

  it('is told what passed, and under which limits', async () => {
    const one = model({ nodes: [node('Erf', ['a'], ['probability'])] });
    const bytes = await tryModel(one, TRIAL_LIMITS, memory);
    await tryModel(one, { ...TRIAL_LIMITS, rows: 8 }, memory);
    expect(kept.size).toBe(2);
    expect([...kept.values()]).toContain(bytes);
    expect([...kept.keys()].every((key) => key.startsWith(createHash('sha256').update(one).digest('hex')))).toBe(true);
  }, 60_000);

  it('is believed, and not told again', async () => {
    const one = model({ nodes: [node('Sin', ['a'], ['probability'])] });
    const asked: string[] = [];
    const recall = async (key: string) => asked.push(key) * 1_000_000;
    expect(await tryModel(one, hurried, { ...memory, recall })).toBe(1_000_000);
    expect(await tryModel(one, hurried, { ...memory, recall })).toBe(1_000_000);
    expect([asked.length, kept.size]).toEqual([1, 0]);
  });

  it('is believed also where it answers late, by those whose turn has not come', async () => {
    const [first, second] = ['Tan', 'Sinh'].map((op) => model({ nodes: [node(op, ['a'], ['probability'])] }));
    let begun = () => {};
    const trial = new Promise<void>((resolve) => (begun = resolve));
    const { spawn } = childProcess;
    const watched = jest.spyOn(childProcess, 'spawn').mockImplementation(((...given: Parameters<typeof spawn>) => {
      begun();
      return spawn(...given);
    }) as typeof spawn);
    const never = { ...memory, recall: () => new Promise<undefined>(() => {}) };
    const late = { ...memory, recall: () => trial.then(() => 2_000_000) };
    const tried = tryModel(first!, TRIAL_LIMITS, never);
    expect(await tryModel(second!, hurried, late)).toBe(2_000_000);
    await tried;
    expect(watched).toHaveBeenCalledTimes(1);
    watched.mockRestore();
  }, 60_000);

  it('is not told what did not pass', async () => {
    const one = model({ nodes: [node('Cos', ['a'], ['probability'])] });
    await expect(tryModel(one, hurried, memory)).rejects.toMatchObject({ code: 'TRIAL_UNFINISHED' });
    expect(kept.size).toBe(0);
  });
});

it('models that are opened at once are tried one at a time, and each once', async () => {
  let [running, most] = [0, 0];
  const { spawn } = childProcess;
  const watched = jest.spyOn(childProcess, 'spawn').mockImplementation(((...given: Parameters<typeof spawn>) => {
    most = Math.max(most, (running += 1));
    return spawn(...given).once('close', () => (running -= 1));
  }) as typeof spawn);
  const models = ['Tanh', 'Abs', 'Neg', 'Tanh'].map((op) => model({ nodes: [node(op, ['a'], ['probability'])] }));
  await Promise.all(models.map((each) => tryModel(each)));
  expect([watched.mock.calls.length, most]).toEqual([3, 1]);
  watched.mockRestore();
}, 60_000);

it.each([
  ['SIGSEGV', null, 'MODEL_UNLOADABLE', false],
  ['SIGABRT', null, 'MODEL_UNLOADABLE', false],
  ['SIGXCPU', null, 'MODEL_UNLOADABLE', false],
  ['SIGKILL', null, 'TRIAL_UNFINISHED', true],
  ['SIGTERM', null, 'TRIAL_UNFINISHED', true],
  [null, 127, 'TRIAL_UNFINISHED', true],
])('a process that ended by %s or with code %s: %s', (signal, code, expected, retryable) => {
  const judged = () => judge(undefined, { signal, code }, 'sh: node: not found', TRIAL_LIMITS);
  expect(judged).toThrow(expect.objectContaining({ code: expected, retryable }));
});
