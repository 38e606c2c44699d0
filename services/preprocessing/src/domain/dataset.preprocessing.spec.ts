import type { Pipeline } from '@perennial/pipeline';
import { pipelinesByDataset } from './dataset.preprocessing';

const pipeline = (name: string, overrides: object = {}): Pipeline =>
  ({
    name,
    dataset: { name: 'loans', columns: [] },
    reference: { day: '2026-01-01' },
    preprocessing: { nullColumns: { dropAbove: 0.9 } },
    quality: { maxNullShare: 0.2 },
    ...overrides,
  }) as unknown as Pipeline;

describe('pipelines that share a dataset', () => {
  it('are prepared by the first', () => {
    expect(pipelinesByDataset([pipeline('a'), pipeline('b')]).get('loans')?.name).toBe('a');
  });

  it.each([
    ['dataset', { dataset: { name: 'loans', columns: [{ name: 'x' }] } }],
    ['reference', { reference: { day: '2026-01-02' } }],
    ['preprocessing', { preprocessing: {} }],
    ['quality', { quality: {} }],
  ])('must agree on %s', (section, overrides) => {
    expect(() => pipelinesByDataset([pipeline('a'), pipeline('b', overrides)])).toThrow(
      `dataset loans: pipelines a and b must declare the same ${section}`,
    );
  });
});
