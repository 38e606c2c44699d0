import { writeCorrupted } from './corruption';
import { randomStream } from './random.stream';

const WIDTH = 3;
const ROWS = 20_000;
/** Feature f of row r: never the same in two features; feature 2 is 2 in a quarter of the rows, 2.5 in the others. */
const values = Float32Array.from({ length: ROWS * WIDTH }, (_, index) => {
  const [row, feature] = [Math.floor(index / WIDTH), index % WIDTH];
  return feature === 2 ? 2 + (row % 4 === 0 ? 0 : 0.5) : feature === 1 ? row + 0.25 : row + 100_000;
});

function corrupted(corruption: number, order: Uint32Array, seed = 1): Float32Array {
  const to = new Float32Array(order.length * WIDTH + 1).fill(-1);
  writeCorrupted(values, to, WIDTH, order, {
    values,
    rows: ROWS,
    corruption,
    random: randomStream(seed, 'corruption'),
  });
  expect(to.at(-1)).toBe(-1);
  return to.subarray(0, -1);
}

const order = Uint32Array.from({ length: ROWS }, (_, index) => (index * 7919) % ROWS);

it('copies the rows where nothing is corrupted', () => {
  const copied = corrupted(0, Uint32Array.of(5, 2));
  expect(Array.from(copied)).toEqual([...values.subarray(15, 18), ...values.subarray(6, 9)]);
});

it('replaces each value with the probability asked for, by one of its own feature', () => {
  const view = corrupted(0.6, order);
  for (const feature of [0, 1]) {
    const kept = order.filter((row, index) => view[index * WIDTH + feature] === values[row * WIDTH + feature]).length;
    // Five standard deviations of 20,000 tosses, and a chance of 1 in 20,000 to draw the row itself.
    expect(Math.abs(kept / ROWS - 0.4)).toBeLessThan(0.018);
    const own = new Set(Array.from({ length: ROWS }, (_, row) => values[row * WIDTH + feature]));
    expect(order.every((_, index) => own.has(view[index * WIDTH + feature]))).toBe(true);
  }
});

it('draws features apart from each other, as often as they occur', () => {
  const view = corrupted(1, order);
  const third = order.filter((_, index) => view[index * WIDTH + 2] === 2).length;
  expect(Math.abs(third / ROWS - 0.25)).toBeLessThan(0.016);
  const sameRow = order.filter((_, index) => view[index * WIDTH]! - 100_000 === view[index * WIDTH + 1]! - 0.25).length;
  expect(sameRow).toBeLessThan(12);
});

it('gives the same view for the same seed, another for the next', () => {
  expect(corrupted(0.6, order, 7)).toEqual(corrupted(0.6, order, 7));
  expect(corrupted(0.6, order, 8)).not.toEqual(corrupted(0.6, order, 7));
});
