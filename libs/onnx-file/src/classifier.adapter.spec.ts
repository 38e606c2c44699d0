import { InferenceSession, Tensor } from 'onnxruntime-node';
import fc from 'fast-check';
import { adaptClassifier, type AdaptRequest } from './classifier.adapter';
import { readMetadata } from './metadata.reader';
import { golden, type PersonRow, requestFor, submittedFile, submittedFiles } from './testing/submitted.files';

const NUMBERS = ['amount', 'age', 'gender'] as const;

const open = (model: Uint8Array) =>
  InferenceSession.create(model, { intraOpNumThreads: 1, interOpNumThreads: 1, logSeverityLevel: 3 });

const column = (rows: readonly PersonRow[], name: keyof PersonRow): Tensor => {
  const shape = [rows.length, 1];
  if (name === 'region' || name === 'gender')
    return new Tensor(
      'string',
      rows.map((row) => row[name]),
      shape,
    );
  return new Tensor(
    'float32',
    Float32Array.from(rows, (row) => row[name] ?? NaN),
    shape,
  );
};

async function served(session: InferenceSession, rows: readonly PersonRow[]): Promise<Float32Array> {
  const feeds = Object.fromEntries(session.inputNames.map((name) => [name, column(rows, name as keyof PersonRow)]));
  const { probability } = await session.run(feeds);
  expect(probability?.dims).toEqual([rows.length, 1]);
  return probability?.data as Float32Array;
}

/** As whoever trained the model would call it. */
async function original(session: InferenceSession, rows: readonly PersonRow[], output: string): Promise<Float32Array> {
  const matrix = Float32Array.from(rows.flatMap((row) => NUMBERS.map((name) => Number(row[name] ?? NaN))));
  const feeds = session.inputNames.includes('region')
    ? Object.fromEntries(session.inputNames.map((name) => [name, column(rows, name as keyof PersonRow)]))
    : { [session.inputNames[0] as string]: new Tensor('float32', matrix, [rows.length, NUMBERS.length]) };
  return (await session.run(feeds, [output]))[output]?.data as Float32Array;
}

const people = fc.array(
  fc.record<PersonRow>({
    amount: fc.option(fc.float({ min: 0, max: 50_000, noNaN: true })),
    age: fc.integer({ min: 0, max: 120 }),
    gender: fc.constantFrom('1', '2'),
    region: fc.constantFrom('north', 'south', 'east', 'west', 'elsewhere', ''),
  }),
  { minLength: 1, maxLength: 20 },
);

describe('a classifier trained elsewhere', () => {
  it.each(submittedFiles)('answers raw columns as Python says: %s', async (name) => {
    const { artifact } = adaptClassifier(submittedFile(name), requestFor[name]);
    const answers = await served(await open(artifact), golden.rows);
    const differences = golden.probabilities[name].map((expected, row) => Math.abs(expected - (answers[row] ?? NaN)));
    expect(Math.max(...differences)).toBeLessThan(1e-6);
  });

  it('answers any row exactly as the file itself', async () => {
    const request = requestFor['sklearn-columns'];
    const file = submittedFile('sklearn-columns');
    const [before, after] = await Promise.all([open(file), open(adaptClassifier(file, request).artifact)]);
    const other = await open(adaptClassifier(file, { ...request, positiveClass: '0' }).artifact);
    await fc.assert(
      fc.asyncProperty(people, async (rows) => {
        const pairs = await original(before, rows, 'probabilities');
        expect(await served(after, rows)).toEqual(pairs.filter((_, at) => at % 2 === 1));
        expect(await served(other, rows)).toEqual(pairs.filter((_, at) => at % 2 === 0));
      }),
      { numRuns: 50 },
    );
  });

  it('turns logits into probabilities', async () => {
    const file = submittedFile('torch');
    const [before, after] = await Promise.all([open(file), open(adaptClassifier(file, requestFor.torch).artifact)]);
    await fc.assert(
      fc.asyncProperty(people, async (rows) => {
        const logits = await original(before, rows, 'logits');
        const answers = await served(after, rows);
        answers.forEach((answer, row) => {
          const [negative, positive] = [logits[row * 2] as number, logits[row * 2 + 1] as number];
          expect(answer).toBeCloseTo(1 / (1 + Math.exp(negative - positive)), 6);
        });
      }),
      { numRuns: 50 },
    );
  });

  it('may hold graphs within its graph', async () => {
    const request: AdaptRequest = { ...requestFor['sklearn-columns'], order: null };
    const session = await open(adaptClassifier(submittedFile('branches'), request).artifact);
    const answers = await served(session, golden.rows);
    golden.rows.forEach(({ amount }, row) => {
      const expected = amount === null ? NaN : 1 / (1 + Math.exp(-amount / 3000));
      expect(answers[row]).toEqual(amount === null ? NaN : expect.closeTo(expected, 6));
    });
  });

  it('says of itself what the platform reads', () => {
    const request: AdaptRequest = { ...requestFor.lightgbm, decisionThreshold: 0.3 };
    const { artifact, ...told } = adaptClassifier(submittedFile('lightgbm'), request);
    const metadata = readMetadata(artifact);
    expect(metadata).toMatchObject({
      'perennial.decision_threshold': '0.3',
      'perennial.pipeline': 'people',
      'perennial.submitted_digest': request.digest,
    });
    expect(JSON.parse(metadata['perennial.signature'] ?? '')).toMatchObject({
      inputs: [
        { name: 'amount', type: 'float32', columnType: 'number' },
        { name: 'age', type: 'float32', columnType: 'integer' },
        { name: 'gender', type: 'string', columnType: 'string' },
      ],
    });
    expect(told).toMatchObject({ decisionThreshold: 0.3, classes: ['0', '1'] });
  });

  it('gives the same bytes for the same file', () => {
    const [one, two] = [1, 2].map(() => adaptClassifier(submittedFile('torch'), requestFor.torch).artifact);
    expect(one).toEqual(two);
  });

  it('keeps columns apart from values of the file that are called the same', async () => {
    const file = submittedFile('sklearn-columns');
    const names = { amount: 'merged_columns', age: 'probabilities', region: 'submitted/region' };
    const columns = requestFor['sklearn-columns'].columns.map((each) => ({
      ...each,
      name: names[each.name as keyof typeof names] ?? each.name,
    }));
    const request = { ...requestFor['sklearn-columns'], columns, order: Object.values(names) };
    const session = await open(adaptClassifier(file, request).artifact);
    const { rows, probabilities } = golden;
    const feeds = Object.fromEntries(
      Object.entries(names).map(([from, to]) => [to, column(rows, from as keyof PersonRow)]),
    );
    const answers = (await session.run(feeds)).probability?.data as Float32Array;
    expect(answers[7]).toBeCloseTo(probabilities['sklearn-columns'][7] as number, 6);
  });
});

describe('a classifier that does not fit', () => {
  const refusal = (name: (typeof submittedFiles)[number], changes: Partial<AdaptRequest>): unknown => {
    try {
      adaptClassifier(submittedFile(name), { ...requestFor[name], ...changes });
    } catch (error) {
      return (error as { details: { problems: unknown } }).details.problems;
    }
    return 'taken';
  };
  const { columns } = requestFor.lightgbm;
  const without = (name: string) => columns.filter((each) => each.name !== name);
  const changed = (name: string, change: object) =>
    columns.map((each) => (each.name === name ? { ...each, ...change } : each));

  it.each<[string, (typeof submittedFiles)[number], Partial<AdaptRequest>, object]>([
    [
      'a column that is not there',
      'sklearn-columns',
      { columns: without('age') },
      { field: 'input age', value: 'age' },
    ],
    ['a column of the order', 'lightgbm', { order: ['amount', 'age', 'sex'] }, { field: 'columns', value: 'sex' }],
    ['a column twice', 'lightgbm', { order: ['age', 'amount', 'age'] }, { field: 'columns', value: 'age' }],
    ['too few columns', 'lightgbm', { order: ['amount', 'age'] }, { field: 'columns', value: 2 }],
    ['no order', 'lightgbm', { order: null }, { field: 'input input', value: [null, 3] }],
    [
      'text for numbers',
      'sklearn-columns',
      { columns: changed('age', { type: 'string', values: ['young', 'old'] }) },
      { field: 'input age', value: 'float' },
    ],
    [
      'numbers for text',
      'sklearn-columns',
      { columns: changed('region', { type: 'number' }) },
      { field: 'input region', value: 'string' },
    ],
    ['an unknown class', 'sklearn-forest', { positiveClass: 'ugly' }, { field: 'positive', value: 'ugly' }],
    [
      'a target of other values',
      'sklearn-forest',
      { positiveClass: null },
      { field: 'the pipeline’s positive value', value: 1 },
    ],
    ['an unknown output', 'torch', { output: 'scores' }, { field: 'output', value: 'scores' }],
    ['labels', 'lightgbm', { output: 'label' }, { field: 'output', value: 'label (int64)' }],
  ])('is refused for %s', (_, name, changes, problem) => {
    expect(refusal(name, changes)).toEqual([expect.objectContaining(problem)]);
  });

  it('is told of every column at once', () => {
    expect(refusal('sklearn-columns', { columns: columns.slice(2, 3) })).toMatchObject([
      { field: 'input amount' },
      { field: 'input age' },
      { field: 'input region' },
    ]);
  });
});
