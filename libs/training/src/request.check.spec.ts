import { checkRequest } from './request.check';
import { separableRows, smallModel, smallRequest } from './testing/synthetic.rows';
import type { TrainingConfig, TrainingRequest } from './training.request';

const rows = separableRows(20, 1);
const configured = (change: Partial<TrainingConfig>) =>
  smallRequest({ training: { ...smallRequest().training, ...change } });
const withCode = (code: number) => Int32Array.from(rows.categorical, (value, at) => (at === 3 ? code : value));

it('accepts a sound request', () => {
  expect(() => checkRequest(smallRequest())).not.toThrow();
});

it.each<[string, TrainingRequest, string, RegExp]>([
  ['no rows', smallRequest({ train: separableRows(0, 1) }), 'training.no-rows', /train has no rows/],
  [
    'one class',
    smallRequest({ train: { ...rows, labels: new Int32Array(20) } }),
    'training.one-class',
    /all 20 .* negative/,
  ],
  [
    'one class',
    smallRequest({ train: { ...rows, labels: new Int32Array(20).fill(1) } }),
    'training.one-class',
    /positive/,
  ],
  [
    'a code too high',
    smallRequest({ train: { ...rows, categorical: withCode(3) } }),
    'training.invalid-request',
    /\[3\] \(shape\) is 3: must be a code from 0 to 2/,
  ],
  [
    'a negative code',
    smallRequest({ train: { ...rows, categorical: withCode(-1) } }),
    'training.invalid-request',
    /is -1/,
  ],
  [
    'a short matrix',
    smallRequest({ train: { ...rows, numeric: new Float32Array(3) } }),
    'training.invalid-request',
    /length is 3: must be 60/,
  ],
  [
    'a number that is none',
    smallRequest({ validation: { ...rows, numeric: new Float32Array(60).fill(NaN) } }),
    'training.invalid-request',
    /validation.numeric\[0\] is NaN/,
  ],
  [
    'a strange label',
    smallRequest({ train: { ...rows, labels: new Int32Array(20).fill(2) } }),
    'training.invalid-request',
    /must be 0 or 1/,
  ],
  ['no epochs', configured({ epochs: 0 }), 'training.invalid-request', /training.epochs is 0/],
  ['a broken batch size', configured({ batchSize: 1.5 }), 'training.invalid-request', /training.batchSize is 1.5/],
  ['a negative rate', configured({ learningRate: -1 }), 'training.invalid-request', /learningRate is -1/],
  ['an unknown optimiser', configured({ optimizer: 'lion' as 'adam' }), 'training.invalid-request', /one of sgd, adam/],
  [
    'decay that Adam has not',
    configured({ weightDecay: 0.1 }),
    'training.invalid-request',
    /weightDecay is 0.1: must be 0/,
  ],
  [
    'momentum that Adam has not',
    configured({ momentum: 0.9 }),
    'training.invalid-request',
    /momentum is 0.9: must be 0/,
  ],
  ['a norm of 0', configured({ clipNorm: 0 }), 'training.invalid-request', /clipNorm is 0: must be positive or null/],
  ['warm-up to the end', configured({ warmup: 1 }), 'training.invalid-request', /warmup is 1: .* below 1/],
  [
    'no patience',
    configured({ earlyStopping: { metric: 'f1', patience: 0 } }),
    'training.invalid-request',
    /earlyStopping.patience is 0/,
  ],
  ['a zero class weight', configured({ classWeights: [0, 1] }), 'training.invalid-request', /classWeights is \[0,1\]/],
  [
    'heads that do not divide',
    smallRequest({ model: { ...smallModel, heads: 3 } }),
    'training.invalid-request',
    /model.heads is 3: must divide dModel/,
  ],
])('refuses %s', (_, request, code, message) => {
  expect(() => checkRequest(request)).toThrow(message);
  expect(() => checkRequest(request)).toThrow(expect.objectContaining({ code, retryable: false }));
});
