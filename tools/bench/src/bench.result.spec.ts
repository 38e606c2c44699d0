import Ajv from 'ajv';
import { resultOf } from './bench.result';

const circumstances = {
  date: '2026-01-02T03:04:05.000Z',
  machine: { cpu: 'a processor', cores: 2, memoryGiB: 8, platform: 'linux 6.1 x64', loadAverage: 0.1 },
  versions: { node: '20.19.0', torch: '2.15.0' },
};
const measure = () => Promise.resolve(1);
const contest = {
  name: 'training step',
  unit: 'ms/step',
  peers: [
    { name: 'slow', measure },
    { name: 'fast', measure },
  ],
};
const times = {
  ours: [2, 2.000049, 8],
  peers: [
    { name: 'slow', rounds: [1, 9, 10] },
    { name: 'fast', rounds: [3, 5, 90] },
  ],
};

const roundSummary = { min: { type: 'number', exclusiveMinimum: 0 }, median: { type: 'number', exclusiveMinimum: 0 } };
const object = (properties: object) => ({
  type: 'object',
  properties,
  required: Object.keys(properties),
  additionalProperties: false,
});
const schema = object({
  name: { type: 'string' },
  unit: { type: 'string' },
  ours: object(roundSummary),
  peer: object({ name: { type: 'string' }, ...roundSummary }),
  ratio: { type: 'number', exclusiveMinimum: 0 },
  rounds: { type: 'integer', minimum: 1 },
  date: { type: 'string' },
  machine: object({
    cpu: { type: 'string' },
    cores: { type: 'integer' },
    memoryGiB: { type: 'number' },
    platform: { type: 'string' },
    loadAverage: { type: 'number' },
  }),
  versions: { type: 'object', additionalProperties: { type: 'string' } },
});

describe('resultOf', () => {
  const result = resultOf(contest, times, circumstances);

  it('has the published form', () => {
    const validate = new Ajv().compile(schema);
    expect([validate(result), validate.errors]).toEqual([true, null]);
  });
  it('takes the peer variant with the lowest median, not the lowest minimum', () =>
    expect(result.peer).toEqual({ name: 'fast', min: 3, median: 5 }));
  it('divides the peer’s median by ours', () => expect(result.ratio).toBe(2.5));
  it('rounds times to four digits', () => expect(result.ours).toEqual({ min: 2, median: 2 }));
  it('counts the rounds', () => expect(result.rounds).toBe(3));
  it('refuses a contest without a peer', () =>
    expect(() => resultOf({ ...contest, peers: [] }, { ...times, peers: [] }, circumstances)).toThrow('no peer'));
});
