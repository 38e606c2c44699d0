import type { InferCall, InputTensor } from './infer.call';
import { type ModelColumn, rowsOf } from './model.rows';

const columns: ModelColumn[] = [
  { name: 'age', type: 'integer' },
  { name: 'city', type: 'string' },
];
const tensor = (name: string, datatype: InputTensor['datatype'], values: InputTensor['values']): InputTensor => ({
  ...{ name, datatype, values, shape: [values.length, 1] },
});
const call = (...inputs: InputTensor[]) => ({ inputs }) as unknown as InferCall;
const lookup = { entities: ['user', 'age'], columns: ['city'] };

describe('rows of which a part is looked up', () => {
  const age = tensor('age', 'INT64', [30n, 31n]);

  it('may leave that part out, and carry a key that is no column', () => {
    expect(rowsOf(call(age, tensor('user', 'INT64', [7n, 2n ** 60n])), columns, lookup)).toEqual([
      { age: 30, user: 7 },
      { age: 31, user: '1152921504606846976' },
    ]);
    expect(rowsOf(call(age, tensor('user', 'BYTES', ['a', null])), columns, lookup)).toEqual([
      { age: 30, user: 'a' },
      { age: 31, user: null },
    ]);
  });

  it('may not leave out more, nor carry what is neither', () => {
    const refused =
      (...inputs: InputTensor[]) =>
      () =>
        rowsOf(call(...inputs), columns, lookup);
    expect(refused(tensor('user', 'BYTES', ['a']))).toThrow('age must be given');
    expect(refused(age, tensor('user', 'BYTES', ['a']))).toThrow('user must have 2 rows as the first input');
    expect(refused(age, tensor('other', 'BYTES', ['a', 'b']))).toThrow('must be one of the inputs age, city');
    expect(() => rowsOf(call(age, tensor('user', 'BYTES', ['a', 'b'])), columns)).toThrow('must be one of the inputs');
    expect(() => rowsOf(call(age), columns)).toThrow('city must be given');
  });
});
