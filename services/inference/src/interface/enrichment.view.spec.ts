import { enrichmentParameters } from './enrichment.view';

const prediction = { prediction: 1 as const, probability: 0.5, predictionId: 'p', version: 'v', arm: 'a' };

it('tells rows of the Open Inference Protocol in one parameter, and nothing where nothing was looked up', () => {
  const enrichment = { ages: { age: 5, city: null }, stale: ['age'], missing: [], views: ['people@v2'] };
  expect(enrichmentParameters([prediction])).toBeNull();
  const parameters = enrichmentParameters([prediction, { ...prediction, enrichment }]);
  expect(JSON.parse(parameters?.enrichment ?? '')).toEqual([
    null,
    { age_seconds: { age: 5, city: null }, stale: ['age'], views: ['people@v2'] },
  ]);
});
