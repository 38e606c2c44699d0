import { medianOf } from './column.statistics';

it.each([
  [[1, 2, 4], 2],
  [[1, 2, 4, 9], 3],
  [[-Number.MIN_VALUE, -Number.MIN_VALUE], 0],
  [[-0], 0],
])('the median of %j is %d, which JSON can say', (sorted, median) => expect(medianOf(sorted)).toBe(median));
