import type { InferCall } from '@perennial/open-inference';
import { answerParameters, entityParameter } from './answer.parameters';

const made = (predictionId: string, cached?: true) => ({
  ...{ prediction: 1 as const, probability: 0.7, predictionId, version: 'v2', arm: 'canary' },
  ...(cached && { cached }),
});
const answered = { pipeline: 'credit', version: 'v2', arm: 'canary', predictions: [made('p-1'), made('p-2', true)] };
const call = (parameters: InferCall['parameters']): InferCall => ({
  ...{ id: '', parameters, inputs: [], outputs: null, raw: false },
});

describe('the parameters of an answer', () => {
  it('name the arm, and the ids where no output does', () => {
    const whole = answerParameters(answered, [{ name: 'probability' }, { name: 'prediction_id' }]);
    expect(whole).toEqual({ arm: 'canary', cached_rows: 1 });
    const chosen = answerParameters({ ...answered, predictions: [made('p-1'), made('p-2')] }, [
      { name: 'probability' },
    ]);
    expect(chosen).toEqual({ arm: 'canary', prediction_ids: '["p-1","p-2"]' });
  });

  it('tell what was looked up for each row', () => {
    const enrichment = { ages: { age: 5 }, stale: [], missing: [], views: ['people@v1'] };
    const { predictions } = answered;
    const parameters = answerParameters({ ...answered, predictions: [{ ...predictions[0]!, enrichment }] }, []);
    expect(JSON.parse(String(parameters.enrichment))).toEqual([{ age_seconds: { age: 5 }, views: ['people@v1'] }]);
  });
});

describe('the key among the parameters of a request', () => {
  it.each([
    [{}, undefined],
    [{ entity_key: 'ana' }, 'ana'],
    [{ entity_key: 7 }, '7'],
    [{ entity_key: 9007199254740993n }, '9007199254740993'],
  ])('%p is %p', (parameters, expected) => expect(entityParameter(call(parameters))).toEqual(expected));

  it.each([[1.5], [true], [null], [{}]])('%p is refused by name, value and rule', (value) => {
    const message = `parameters.entity_key must be a text or a whole number; got ${JSON.stringify(value)}`;
    expect(() => entityParameter(call({ entity_key: value }))).toThrow(
      expect.objectContaining({ code: 'INVALID_INPUT', status: 400, message }),
    );
  });
});
