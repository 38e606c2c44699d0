import { generateParcels, parcelsCsv } from './parcel.generator';

const options = { day: '2026-03-02', rows: 500, seed: 1 };

describe('parcels of a day', () => {
  it('are the same for the same options', () => {
    expect([...generateParcels(options)]).toEqual([...generateParcels(options)]);
  });

  it('differ between days and seeds', () => {
    const outcomes = (changed: object) =>
      [...generateParcels({ ...options, ...changed })].map(({ outcome }) => outcome);
    expect(outcomes({ seed: 2 })).not.toEqual(outcomes({}));
    expect(outcomes({ day: '2026-03-03' })).not.toEqual(outcomes({}));
  });

  it('hold both labels, and heavy parcels by river that are late more often than light express ones by north', () => {
    const parcels = [...generateParcels({ ...options, rows: 5000 })];
    const lateShare = (chosen: typeof parcels) =>
      chosen.filter(({ outcome }) => outcome === 'late').length / chosen.length;
    expect(lateShare(parcels)).toBeGreaterThan(0.3);
    expect(lateShare(parcels)).toBeLessThan(0.7);
    const slow = parcels.filter(({ carrier, express }) => carrier === 'river' && !express);
    const fast = parcels.filter(({ carrier, express }) => carrier === 'north' && express);
    expect(lateShare(slow)).toBeGreaterThan(lateShare(fast) + 0.4);
  });

  it('are shipped before the day', () => {
    for (const { shipped_on: shipped } of generateParcels(options)) {
      expect(shipped < options.day).toBe(true);
      expect(shipped >= '2026-02-16').toBe(true);
    }
  });

  it('are CSV with a header and one line each', () => {
    const lines = parcelsCsv(generateParcels(options)).trimEnd().split('\n');
    expect(lines).toHaveLength(501);
    expect(lines[0]).toBe('parcel,shipped_on,express,carrier,weight_kg,outcome');
    expect(new Set(lines.map((line) => line.split(',').length))).toEqual(new Set([6]));
  });
});
