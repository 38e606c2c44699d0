import fc from 'fast-check';
import { batchIdOf, predictionIdAt } from './prediction.ids';
import { predictionsMadeV3 } from './predictions-made.v3';

const BATCH = '0194b2d0-11c2-4e41-8d5b-0a9c6f3e2000';

it.each([
  [0, '0194b2d0-11c2-4e41-8d5b-0a9c6f3e2000'],
  [31, '0194b2d0-11c2-4e41-8d5b-0a9c6f3e201f'],
  [999, '0194b2d0-11c2-4e41-8d5b-0a9c6f3e23e7'],
])("a prediction's id says where it lies: place %i", (place, predictionId) => {
  expect(predictionIdAt(BATCH, place)).toBe(predictionId);
  expect(batchIdOf(predictionId)).toBe(BATCH);
});

it('a prediction of another origin stands alone', () => expect(batchIdOf('order-4711')).toBe('order-4711'));

describe('a batch of predictions', () => {
  const columns = {
    ...{ arm: [0, 0], probability: [0.5, 0.6], prediction: [0, 1], latencyMs: [1, 1], at: [0, 0] },
    inputDigest: [`sha256:${'0'.repeat(64)}`, `sha256:${'1'.repeat(64)}`],
  };
  const problemsOf = (changes: object) => {
    const arms = [{ arm: 'stable', version: 'v1', experimentId: 'e' }];
    const batch = { batchId: BATCH, pipeline: 'credit', replicaId: 'r', arms, predictions: { ...columns, ...changes } };
    return predictionsMadeV3.schema
      .safeParse(batch)
      .error?.issues.map(({ path, message }) => `${path.join('.')} ${message}`);
  };

  it('is read', () => expect(problemsOf({ inputs: [null, { age: 3 }] })).toBeUndefined());

  it.each([
    [{ at: [0] }, 'predictions.at must have 2 values, as predictions.arm has'],
    [{ inputs: [null, null, null] }, 'predictions.inputs must have 2 values, as predictions.arm has'],
    [{ arm: [0, 1] }, 'predictions.arm.1 must be a place in arms, which has 1'],
  ])('is refused where its columns do not fit: %j', (changes, problem) => {
    expect(problemsOf(changes)).toEqual([problem]);
  });
});

it('what is quickly accepted the schema accepts and leaves as it is', () => {
  const digest = `sha256:${'0a'.repeat(32)}`;
  const odd = fc.constantFrom(
    undefined,
    null,
    -1,
    0.5,
    1,
    2,
    NaN,
    Infinity,
    -0,
    2 ** 53,
    '',
    'x',
    digest,
    [],
    {},
    true,
  );
  const mostly = (value: fc.Arbitrary<unknown>) => fc.oneof({ weight: 60, arbitrary: value }, odd);
  const object = (fields: Record<string, fc.Arbitrary<unknown>>) => {
    const plain = fc.record(fields, { noNullPrototype: true });
    return mostly(
      fc.oneof(
        { weight: 20, arbitrary: plain },
        plain.map((value) => ({ ...value, more: 1 })),
      ),
    );
  };
  const batch = fc.integer({ min: 0, max: 3 }).chain((size) => {
    const column = (value: fc.Arbitrary<unknown>) =>
      mostly(fc.array(mostly(value), { minLength: size, maxLength: size }));
    const predictions = object({
      arm: column(fc.nat({ max: 1 })),
      probability: column(fc.double({ min: 0, max: 1, noNaN: true })),
      prediction: column(fc.constantFrom(0, 1)),
      latencyMs: column(fc.double({ min: 0, max: 9, noNaN: true })),
      at: column(fc.nat()),
      inputDigest: column(fc.constant(digest)),
    });
    const arm = object({ arm: fc.constant('stable'), version: fc.string(), experimentId: fc.string() });
    return object({
      batchId: fc.string({ minLength: 1 }),
      pipeline: mostly(fc.constant('credit')),
      replicaId: fc.string(),
      arms: mostly(fc.array(arm, { maxLength: 2 })),
      predictions,
    });
  });
  let accepted = 0;
  const property = fc.property(batch, (data) => {
    if (!predictionsMadeV3.accepts?.(data)) return;
    accepted += 1;
    expect(predictionsMadeV3.schema.safeParse(data)).toEqual({ success: true, data });
  });
  fc.assert(property, { numRuns: 2_000 });
  expect(accepted).toBeGreaterThan(100);
});
