import { checkGraph, decisionThresholdOf, signatureOf } from './model.signature';

const unloadable = (rule: string) =>
  expect.objectContaining({
    code: 'MODEL_UNLOADABLE',
    details: expect.objectContaining({ rule: expect.stringContaining(rule) }),
  });
const thrown = (work: () => unknown): unknown => {
  try {
    return work();
  } catch (error) {
    return error;
  }
};

const inputs = [
  { name: 'age', type: 'float32', columnType: 'integer', shape: ['batch', 1] },
  { name: 'sex', type: 'string', columnType: 'string', shape: ['batch', 1] },
];
const signature = {
  inputs: [
    { name: 'age', type: 'integer' as const },
    { name: 'sex', type: 'string' as const },
  ],
};

it('reads the signature', () => {
  expect(signatureOf({ 'perennial.signature': JSON.stringify({ inputs }) })).toEqual(signature);
});

it.each([
  undefined,
  '',
  '{',
  '[]',
  '{"inputs":[]}',
  '{"inputs":[{"name":"a"}]}',
  '{"inputs":[{"name":"a","columnType":"blob"}]}',
])('refuses the signature %p', (text) => {
  const metadata = text === undefined ? {} : { 'perennial.signature': text };
  expect(thrown(() => signatureOf(metadata as Record<string, string>))).toEqual(unloadable('perennial.signature'));
});

it('reads the threshold, and refuses one that is no share', () => {
  expect(decisionThresholdOf({ 'perennial.decision_threshold': '0.31' })).toBe(0.31);
  expect(decisionThresholdOf({ 'perennial.decision_threshold': '0' })).toBe(0);
  for (const text of ['', ' ', 'half', '1.01', '-0.1', 'NaN']) {
    expect(thrown(() => decisionThresholdOf({ 'perennial.decision_threshold': text }))).toEqual(
      unloadable('from 0 to 1'),
    );
  }
  expect(thrown(() => decisionThresholdOf({}))).toEqual(unloadable('from 0 to 1'));
});

it('refuses a graph that differs from its signature', () => {
  const age = { name: 'age', type: 'float32', shape: ['batch', 1] };
  const sex = { name: 'sex', type: 'string', shape: [] };
  expect(() => checkGraph(signature, [sex, age], ['logit', 'probability'])).not.toThrow();
  expect(thrown(() => checkGraph(signature, [age], ['probability']))).toEqual(unloadable('input sex must be a string'));
  expect(thrown(() => checkGraph(signature, [{ ...age, type: 'int64' }, sex], ['probability']))).toEqual(
    unloadable('input age must be a float32'),
  );
  expect(thrown(() => checkGraph(signature, [age, sex, { ...age, name: 'more' }], ['probability']))).toEqual(
    unloadable('input more is not in its signature'),
  );
  expect(thrown(() => checkGraph(signature, [age, sex], ['logit']))).toEqual(unloadable('output named probability'));
  for (const shape of [[1, 1], ['batch', 2], ['batch', 1, 1], ['batch']]) {
    expect(thrown(() => checkGraph(signature, [{ ...age, shape }, sex], ['probability']))).toEqual(
      unloadable('input age must be of shape [batch, 1]'),
    );
  }
});
