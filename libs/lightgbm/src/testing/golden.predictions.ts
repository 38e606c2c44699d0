import { readFileSync } from 'node:fs';
import { join } from 'node:path';

const folder = join(__dirname, '..', '..', 'golden');

/** Written by golden/generate.py. */
export const goldenText = readFileSync(join(folder, 'model.txt'), 'utf8');

interface Golden {
  rows: (number | null)[][];
  raw: number[];
  probability: number[];
}
const golden = JSON.parse(readFileSync(join(folder, 'predictions.json'), 'utf8')) as Golden;

export const goldenRows = golden.rows.map((row) => row.map((value) => value ?? NaN));
export const goldenRaw = golden.raw;
export const goldenProbability = golden.probability;
/** Of the two categorical features, which come first. */
export const goldenCardinalities = [71, 4];
