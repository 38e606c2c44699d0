import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { AdaptRequest } from '../classifier.adapter';
import type { RawColumn } from '../classifier.inputs';

const folder = join(__dirname, '../../golden');

export const submittedFiles = ['sklearn-columns', 'sklearn-forest', 'lightgbm', 'xgboost', 'torch'] as const;
export type SubmittedFile = (typeof submittedFiles)[number];

/** `branches` is written by hand and has no golden answers. */
export const submittedFile = (name: SubmittedFile | 'branches'): Uint8Array =>
  readFileSync(join(folder, `${name}.onnx`));

export type PersonRow = { amount: number | null; age: number; gender: string; region: string };

/** What onnxruntime in Python says of the files; see golden/generate.py. */
export const golden = JSON.parse(readFileSync(join(folder, 'golden.json'), 'utf8')) as {
  rows: PersonRow[];
  probabilities: Record<SubmittedFile, number[]>;
};

/** The columns that the files were trained on. */
export const peopleColumns: readonly RawColumn[] = [
  { name: 'amount', type: 'number', nullable: true },
  { name: 'age', type: 'integer', nullable: false },
  { name: 'gender', type: 'string', nullable: false, values: ['1', '2'] },
  { name: 'region', type: 'string', nullable: true },
];

const usual: AdaptRequest = {
  pipeline: 'people',
  columns: peopleColumns,
  targetPositive: 1,
  order: ['amount', 'age', 'gender'],
  positiveClass: null,
  output: null,
  scores: 'probabilities',
  decisionThreshold: null,
  digest: `sha256:${'0'.repeat(64)}`,
};

/** How each of the files is submitted. */
export const requestFor: Readonly<Record<SubmittedFile, AdaptRequest>> = {
  'sklearn-columns': { ...usual, order: null },
  'sklearn-forest': { ...usual, positiveClass: 'bad' },
  lightgbm: usual,
  xgboost: usual,
  torch: { ...usual, scores: 'logits' },
};
