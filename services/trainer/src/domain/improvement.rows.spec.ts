import { projectColumns, type Table } from '@perennial/columns';
import { modelFeatures } from '@perennial/tabular-models';
import { exampleFitted, featureTable } from '../testing/run.examples';
import { type FeatureRows, improvementRows, pretrainingRows, trainingColumns } from './improvement.rows';

const model = modelFeatures(exampleFitted);
const shares = { holdoutShare: 0.3, validationShare: 0.15 };

/** The tables as row groups of one file. */
const rowsOf = (...tables: Table[]): FeatureRows => ({
  async *groups({ columns } = {}) {
    for (const table of tables) yield columns ? projectColumns(table, columns) : table;
  },
});

describe('the rows of a run', () => {
  it('come as columns of the view', () => {
    expect(trainingColumns(model)).toEqual(['label', 'split', 'enc.sky', 'enc.pressure', 'enc.wind']);
  });

  it.each([
    ['in one piece', 4],
    ['in several', 1],
    ['in pieces that hold some of each', 3],
  ])('are split by where they lie, read %s', async (_, size) => {
    const all = [
      [1, 0.3, 1, 0.5, 1.5],
      [1, 0.45, 0, 0.25, 3.5],
      [0, 0.4499, 2, -0.5, 2.5],
      [0, 0.99, 1, 0.75, 4.5],
    ];
    const pieces = all.flatMap((_row, start) =>
      start % size === 0 ? [featureTable(all.slice(start, start + size))] : [],
    );
    const { train, validation } = await improvementRows(rowsOf(...pieces), model, shares);
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

  it('never hold a holdout row or one without a label, even where a store sends them', async () => {
    const table = featureTable([
      [1, 0.2999, 1, 0, 0],
      [1, 0, 1, 0, 0],
      [null, 0.5, 1, 0, 0],
      [1, null, 1, 0, 0],
    ]);
    const { train, validation } = await improvementRows(rowsOf(table), model, shares);
    expect([train.rows, validation.rows]).toEqual([0, 0]);
  });

  it('are pretrained on with those that have no label, but never on the holdout', async () => {
    const table = featureTable([
      [null, 0.2999, 1, 9, 9],
      [1, 0.3, 1, 0.5, 1.5],
      [null, 0.44, 2, 2, 3],
      [null, 0.5, 2, 4, 5],
      [0, 0.99, 1, 0.75, 4.5],
      [null, null, 1, 9, 9],
    ]);
    const labelled = await improvementRows(rowsOf(table), model, shares);
    expect([labelled.train.rows, labelled.validation.rows]).toEqual([1, 1]);
    const labels = new Int32Array(0);
    expect(await pretrainingRows(rowsOf(table), model, shares, labelled)).toEqual({
      train: { rows: 2, categorical: Int32Array.of(2, 1), numeric: Float32Array.of(4, 5, 0.75, 4.5), labels },
      validation: { rows: 2, categorical: Int32Array.of(1, 2), numeric: Float32Array.of(0.5, 1.5, 2, 3), labels },
    });
  });

  it('are pretrained on as they are where every row has a label', async () => {
    const table = featureTable([
      [1, 0.3, 1, 0.5, 1.5],
      [null, 0.1, 1, 0.5, 1.5],
    ]);
    const labelled = await improvementRows(rowsOf(table), model, shares);
    expect(await pretrainingRows(rowsOf(table), model, shares, labelled)).toBeNull();
  });
});
