import { initialiseParameters, parameterLayout } from '@perennial/tabular-models';
import { Scorer } from './scorer';
import { separableRows, smallModel } from './testing/synthetic.rows';

it('scores each row alike, whatever call it falls into', async () => {
  const rows = separableRows(1100, 3);
  const parameters = initialiseParameters(parameterLayout(smallModel), 1);
  const scorer = await Scorer.open(smallModel);
  const together = await scorer.score(parameters, rows);
  const tail = {
    rows: 100,
    categorical: rows.categorical.slice(1000 * 2),
    numeric: rows.numeric.slice(1000 * 3),
    labels: rows.labels.slice(1000),
  };
  const alone = await scorer.score(parameters, tail);
  expect(together.length).toBe(1100);
  alone.forEach((probability, row) => expect(together[1000 + row]).toBeCloseTo(probability, 6));
  expect(new Set(alone).size).toBe(100);
});
