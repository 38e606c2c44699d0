import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { readCategories } from './category.reader';

/** Written by the onnx package; see make_credit_model.py beside it. */
const credit = readFileSync(join(__dirname, '../../model-runtime/src/testing/fixtures/credit.onnx'));

it('reads what the encoders of a graph list, in the order of the file', () => {
  const found = [...readCategories(credit)].map(([name, texts]) => [name, [...texts]]);
  expect(Object.fromEntries(found)).toEqual({ sex: ['1', '2'], education: ['1', '2', '3', '4'] });
});
