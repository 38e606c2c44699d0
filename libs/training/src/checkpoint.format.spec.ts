import { initialiseParameters, parameterLayout } from '@perennial/tabular-models';
import { decodeCheckpoint, encodeCheckpoint, parametersFor } from './checkpoint.format';
import { smallModel, smallRequest } from './testing/synthetic.rows';

const parameters = initialiseParameters(parameterLayout(smallModel), 1);
const optimizer = {
  slots: new Map([
    ['m', parameters.map((x) => x / 2)],
    ['v', parameters.map((x) => x * x)],
  ]),
  step: 17,
};
const checkpoint = { model: smallModel, training: smallRequest().training, parameters, optimizer };
const bytes = encodeCheckpoint(checkpoint);
const changed = (at: number, value: number) => {
  const copy = bytes.slice();
  copy[at < 0 ? copy.length + at : at] = value;
  return copy;
};

it('reads back what it wrote, from any position in a buffer', () => {
  expect(decodeCheckpoint(bytes)).toEqual(checkpoint);
  const shifted = new Uint8Array(bytes.length + 3);
  shifted.set(bytes, 3);
  expect(decodeCheckpoint(shifted.subarray(3))).toEqual(checkpoint);
  expect(decodeCheckpoint(Buffer.from(shifted).subarray(3))).toEqual(checkpoint);
});

it.each([
  ['other files', new Uint8Array(100), /does not begin with PRNLCKPT/],
  ['nothing', new Uint8Array(0), /does not begin/],
  ['a later version', changed(8, 5), /version is 5/],
  ['a changed parameter', changed(-40, bytes.at(-40)! ^ 1), /digest is wrong/],
  ['a cut file', bytes.slice(0, -4), /digest is wrong/],
])('refuses %s', (_, input, message) => {
  expect(() => decodeCheckpoint(input)).toThrow(message);
  expect(() => decodeCheckpoint(input)).toThrow(expect.objectContaining({ code: 'training.invalid-checkpoint' }));
});

it('gives its parameters to the same model, whatever the dropout', () => {
  expect(parametersFor({ ...smallModel, dropout: 0.5 }, checkpoint)).toBe(parameters);
});

it('lists every difference to another model', () => {
  const [colour, shape] = smallModel.categorical;
  const other = {
    ...smallModel,
    layers: 2,
    numeric: ['x', 'z', 'y'],
    categorical: [{ ...colour!, cardinality: 9 }, shape!],
  };
  expect(() => parametersFor(other, checkpoint)).toThrow(
    /layers is 1 in the checkpoint, 2 now; numeric features are .*; the vocabulary of colour differs \(4 codes .*, 9 now\)/,
  );
});
