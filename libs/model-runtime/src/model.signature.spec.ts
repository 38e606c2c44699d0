import type { DeclaredTensors } from '@perennial/onnx-file';
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
  const age = { name: 'age', type: 'float', shape: [null, 1] };
  const sex = { name: 'sex', type: 'string', shape: [] };
  const probability = { name: 'probability', type: 'float', shape: [null, 1] };
  const checked = (inputs: DeclaredTensors['inputs'], outputs = [probability]) =>
    checkGraph(signature, { inputs, outputs });
  expect(() => checked([sex, age], [{ ...probability, name: 'logit' }, probability])).not.toThrow();
  expect(thrown(() => checked([age]))).toEqual(unloadable('input sex must be a string'));
  expect(thrown(() => checked([{ ...age, type: 'int64' }, sex]))).toEqual(unloadable('input age must be a float32'));
  expect(thrown(() => checked([age, sex, { ...age, name: 'more' }]))).toEqual(
    unloadable('input more is not in its signature'),
  );
  expect(thrown(() => checked([age, sex], [{ ...probability, name: 'logit' }]))).toEqual(
    unloadable('output named probability'),
  );
  for (const shape of [[1, 1], [null, 2], [null, 1, 1], [null]]) {
    expect(thrown(() => checked([{ ...age, shape }, sex]))).toEqual(
      unloadable('input age must be of shape [batch, 1]'),
    );
  }
});
