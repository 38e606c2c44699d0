interface Block {
  sum: number;
  weight: number;
  first: number;
  last: number;
}

export interface Points {
  readonly x: number[];
  readonly y: number[];
}

/**
 * The rising curve with the least squared error to the labels: pool adjacent violators, as scikit-learn's
 * IsotonicRegression with out_of_bounds='clip'. Equal probabilities are one point; of a level part its ends are kept.
 */
export function fitIsotonic(probabilities: Float32Array, labels: Int32Array): Points {
  const blocks: Block[] = [];
  for (const point of pointsOf(probabilities, labels)) {
    blocks.push(point);
    while (blocks.length > 1 && mean(blocks.at(-2) as Block) >= mean(blocks.at(-1) as Block)) {
      const { sum, weight, last } = blocks.pop() as Block;
      const before = blocks.at(-1) as Block;
      before.sum += sum;
      before.weight += weight;
      before.last = last;
    }
  }
  const ends = blocks.map((block) => (block.first === block.last ? [block.first] : [block.first, block.last]));
  return { x: ends.flat(), y: blocks.flatMap((block, index) => (ends[index] as number[]).map(() => mean(block))) };
}

const mean = ({ sum, weight }: Block): number => sum / weight;

/** Ascending; rows of equal probability together. */
function pointsOf(probabilities: Float32Array, labels: Int32Array): Block[] {
  const order = Array.from(probabilities.keys()).sort(
    (a, b) => (probabilities[a] as number) - (probabilities[b] as number),
  );
  const points: Block[] = [];
  for (const row of order) {
    const [p, label] = [probabilities[row] as number, labels[row] as number];
    const last = points.at(-1);
    if (last?.first === p) {
      last.sum += label;
      last.weight += 1;
    } else points.push({ sum: label, weight: 1, first: p, last: p });
  }
  return points;
}
