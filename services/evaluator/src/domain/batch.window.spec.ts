import { batch, usable } from '../testing/cycle.examples';
import { trainingWindow, usableBatches } from './batch.window';

const ids = (batches: { batchId: string }[]): string[] => batches.map(({ batchId }) => batchId);
const today = batch();
const late = batch({ day: '2026-01-02', batchId: 'late', correctionOf: 'batch-2026-01-02' });

describe('usable batches', () => {
  it('leaves out what failed, came later, or was encoded differently', () => {
    const known = [
      batch({ day: '2026-01-05' }),
      batch({ day: '2026-01-03', quality: { verdict: 'failed', findings: ['nulls'] } }),
      batch({ day: '2026-01-02', metadataId: 'metadata-0' }),
      batch({ day: '2026-01-01', batchId: 'other-columns', viewVersion: 2 }),
      today,
      batch({ day: '2026-01-01' }),
    ];
    expect(ids(usableBatches(known, today))).toEqual(['batch-2026-01-01', 'batch-2026-01-04']);
  });

  it('orders by day, a correction after its day', () => {
    expect(ids(usableBatches([today, late, batch({ day: '2026-01-02' })], today))).toEqual([
      'batch-2026-01-02',
      'late',
      'batch-2026-01-04',
    ]);
  });
});

describe('a training window', () => {
  it('of n days ends with this one and leaves out corrections', () => {
    expect(ids(trainingWindow([...usable.slice(0, 2), late, ...usable.slice(2)], 3))).toEqual([
      'batch-2026-01-02',
      'batch-2026-01-03',
      'batch-2026-01-04',
    ]);
  });

  it('of all days is everything, corrections included', () => {
    expect(trainingWindow([...usable, late], 'all')).toHaveLength(5);
  });

  it('is shorter where fewer days are usable', () => {
    expect(ids(trainingWindow([today], 3))).toEqual(['batch-2026-01-04']);
  });
});
