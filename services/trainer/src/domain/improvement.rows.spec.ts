import { tabTransformerConfig } from '@perennial/tabular-models';
import { exampleFitted, examplePipeline, featureTable } from '../testing/run.examples';
import { improvementRows, trainingColumns } from './improvement.rows';

const model = tabTransformerConfig(exampleFitted, examplePipeline().model);
const shares = { holdoutShare: 0.3, validationShare: 0.15 };

describe('the rows of a run', () => {
  it('come as columns of the view', () => {
    expect(trainingColumns(model)).toEqual(['label', 'split', 'enc.sky', 'enc.pressure', 'enc.wind']);
  });

  it('are split by where they lie', () => {
    const table = featureTable([
      [1, 0.3, 1, 0.5, 1.5],
      [0, 0.4499, 2, -0.5, 2.5],
      [1, 0.45, 0, 0.25, 3.5],
      [0, 0.99, 1, 0.75, 4.5],
    ]);
    const { train, validation } = improvementRows(table, model, shares);
    expect(validation).toEqual({
      rows: 2,
      categorical: Int32Array.of(1, 2),
      numeric: Float32Array.of(0.5, 1.5, -0.5, 2.5),
      labels: Int32Array.of(1, 0),
    });
    expect(train).toEqual({
      rows: 2,
      categorical: Int32Array.of(0, 1),
      numeric: Float32Array.of(0.25, 3.5, 0.75, 4.5),
      labels: Int32Array.of(1, 0),
    });
  });

  it('never hold a holdout row or one without a label, even where a store sends them', () => {
    const table = featureTable([
      [1, 0.2999, 1, 0, 0],
      [1, 0, 1, 0, 0],
      [null, 0.5, 1, 0, 0],
      [1, null, 1, 0, 0],
    ]);
    const { train, validation } = improvementRows(table, model, shares);
    expect([train.rows, validation.rows]).toEqual([0, 0]);
  });
});
