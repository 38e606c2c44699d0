import { RULES } from './input.values';
import type { ModelSignature } from './model.signature';
import { encodeRows } from './row.encoder';

const signature: ModelSignature = {
  inputs: [
    { name: 'amount', type: 'number' },
    { name: 'sex', type: 'string' },
    { name: 'age', type: 'integer' },
    { name: 'married', type: 'boolean' },
    { name: 'on', type: 'date' },
    { name: 'city', type: 'string' },
  ],
};
const good = { amount: 1.5, sex: 2, age: 30, married: true, on: '1970-01-11', city: 'Graz', extra: 'ignored' };
const nothing = { amount: null, sex: null, age: null, married: null, on: null, city: null };

function problemsOf(rows: unknown[]) {
  try {
    encodeRows(rows as Record<string, unknown>[], signature);
  } catch (error) {
    return error;
  }
  throw new Error('nothing was refused');
}

it('lays columns one after the other, nulls as NaN and empty text', () => {
  expect(encodeRows([good, nothing, { ...good, on: 20454, sex: '-2' }], signature)).toEqual({
    rows: 3,
    numbers: Float32Array.of(1.5, NaN, 1.5, 30, NaN, 30, 1, NaN, 1, 10, NaN, 20454),
    strings: ['2', '', '-2', 'Graz', '', 'Graz'],
  });
});

it.each([
  ['amount', undefined, RULES.present],
  ['amount', '1.5', RULES.number],
  ['amount', NaN, RULES.number],
  ['amount', -Infinity, RULES.number],
  ['amount', true, RULES.number],
  ['amount', 1e39, RULES.float32],
  ['age', 30.5, RULES.integer],
  ['age', '30', RULES.integer],
  ['married', 1, RULES.boolean],
  ['on', '11.01.1970', RULES.date],
  ['on', '2026-02-30', RULES.date],
  ['on', '2026-13-01', RULES.date],
  ['on', 1.5, RULES.date],
  ['sex', true, RULES.string],
  ['sex', NaN, RULES.string],
  ['city', { name: 'Graz' }, RULES.string],
])('refuses %s = %p', (input, value, rule) => {
  expect(problemsOf([good, { ...good, [input]: value }])).toMatchObject({
    code: 'INVALID_INPUT',
    retryable: false,
    details: { total: 1, problems: [{ row: 1, input, rule }] },
    message: expect.stringContaining(`Row 1: ${input} ${rule}`),
  });
});

it('takes no value from the prototype', () => {
  const signatureOfPrototype: ModelSignature = { inputs: [{ name: 'constructor', type: 'string' }] };
  expect(() => encodeRows([{}], signatureOfPrototype)).toThrow('constructor must be given');
});

it('tells all problems at once, and presents what JSON cannot hold', () => {
  const bad = { ...good, amount: NaN, age: 'x'.repeat(500) };
  expect(problemsOf([bad])).toMatchObject({
    details: {
      problems: [
        { input: 'amount', value: 'NaN' },
        { input: 'age', value: 'x'.repeat(100) },
      ],
    },
  });
  expect(problemsOf(Array.from({ length: 30 }, () => bad))).toMatchObject({
    details: { total: 60, problems: { length: 20 } },
    message: expect.stringContaining('(and 59 more)'),
  });
});

it.each([[null], [[1, 2]], ['text'], [7]])('refuses the row %p', (row) => {
  expect(problemsOf([good, row])).toMatchObject({ details: { problems: [{ row: 1, input: 'row' }] } });
});
