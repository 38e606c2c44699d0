import { lookedUpFeatures } from './looked-up.features';
import { parsePipeline, type Pipeline } from './index';

const text = (enrichment: string): string => `apiVersion: perennial/v1
kind: Pipeline
name: credit
dataset:
  name: loans
  recordId: id
  target: { column: y, positive: 1 }
  columns:
    - { name: id, type: string }
    - { name: age, type: integer }
    - { name: limit, type: number }
    - { name: customer, type: string, feature: false }
    - { name: y, type: integer }
reference: { day: 2026-01-01 }
serving: { enrichment: ${enrichment} }
`;

const problems = (enrichment: string) =>
  (parsePipeline(text(enrichment)).problems ?? []).map(({ path, rule }) => [path, rule]);

const parsed = (enrichment: string): Pipeline => {
  const { ok, problems: found } = parsePipeline(text(enrichment));
  if (!ok) throw new Error(JSON.stringify(found));
  return ok;
};

const COLUMN = 'must name one of dataset.columns, and not the target';
const FEATURE = 'must name one of dataset.columns that is a feature';

describe('the rules of an enrichment', () => {
  it.each([
    ['{ entities: [nobody] }', 'serving.enrichment.entities[0]', COLUMN],
    ['{ entities: [y] }', 'serving.enrichment.entities[0]', COLUMN],
    ['{ entities: [id, id] }', 'serving.enrichment.entities[1]', 'must be there once'],
    ['{ entities: [id], features: { size: v:size } }', 'serving.enrichment.features.size', FEATURE],
    ['{ entities: [id], features: { age: age } }', 'serving.enrichment.features.age', 'must be VIEW:FEATURE'],
    ['{ entities: [id], defaults: { y: 1 } }', 'serving.enrichment.defaults.y', FEATURE],
    ['{ entities: [id], defaults: { customer: x } }', 'serving.enrichment.defaults.customer', FEATURE],
    [
      '{ entities: [driver], source: feast }',
      'serving.enrichment',
      'must name features or a featureService where the source is feast',
    ],
    [
      '{ entities: [id], featureService: x }',
      'serving.enrichment.featureService',
      'must be left out: the feature store has one for each pipeline, of its name',
    ],
  ])('%s: %s %s', (enrichment, path, rule) => {
    expect(problems(enrichment)).toEqual([[path, rule]]);
  });

  it('lets a Feast server call its entities and the features of a service as it likes', () => {
    const enrichment = '{ source: feast, entities: [driver], featureService: risk, features: { age: years } }';
    expect(problems(enrichment)).toEqual([]);
  });
});

describe('what is asked for', () => {
  it('is nothing where nothing is declared', () => {
    expect(lookedUpFeatures(parsed('null'))).toBeNull();
  });

  it("is the pipeline's own service, for every feature that is no entity", () => {
    expect(lookedUpFeatures(parsed('{ entities: [id] }'))).toEqual({
      asked: { service: 'credit' },
      names: new Map([
        ['age', 'age'],
        ['limit', 'limit'],
      ]),
    });
    expect(lookedUpFeatures(parsed('{ entities: [age, customer] }'))?.names).toEqual(new Map([['limit', 'limit']]));
  });

  it('is each reference by its full name, or what a service calls it', () => {
    const references = lookedUpFeatures(parsed('{ entities: [id], features: { age: people:years } }'));
    expect(references).toEqual({ asked: { references: ['people:years'] }, names: new Map([['age', 'people__years']]) });
    const service = '{ source: feast, entities: [driver], featureService: risk, features: { age: years } }';
    expect(lookedUpFeatures(parsed(service))).toMatchObject({
      asked: { service: 'risk' },
      names: new Map([
        ['age', 'years'],
        ['limit', 'limit'],
      ]),
    });
  });
});
