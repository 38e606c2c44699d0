import { parsePipeline, type Pipeline } from '@perennial/pipeline';
import { attemptPolicy, policyOf } from './cycle.policy';

const parsed = parsePipeline(`apiVersion: perennial/v1
kind: Pipeline
name: rain
dataset:
  recordId: id
  target: { column: rained, positive: 1 }
  columns:
    - { name: id, type: string }
    - { name: wind, type: number }
    - { name: rained, type: integer }
reference: { day: '2026-01-01' }
improvement:
  attempts:
    - { strategy: fine-tune }
    - { strategy: search, window: { days: 7 }, search: { space: { mlp: { dropout: { min: 0, max: 0.5 } } } } }
`);
const policy = policyOf(parsed.ok as Pipeline);

it('asks for a training from the start where the pipeline declares a search', () => {
  expect(attemptPolicy(policy, 2, true)).toEqual({ strategy: 'train', days: 7 });
});

it('searches on the declared days without a model to fine-tune from as well, and trains on all where it would', () => {
  expect(attemptPolicy(policy, 2, false)).toEqual({ strategy: 'train', days: 7 });
  expect(attemptPolicy(policy, 1, false)).toEqual({ strategy: 'train', days: 'all' });
});
