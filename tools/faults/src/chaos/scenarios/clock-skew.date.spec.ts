import { shiftedDate } from './clock-skew.date';

const hour = 3_600_000;

describe('a clock that is an hour ahead', () => {
  const Shifted = shiftedDate(Date, hour);
  const isAhead = (time: number) => Math.abs(time - Date.now() - hour) < 60_000;

  it('tells the wrong time', () => {
    expect(isAhead(Shifted.now())).toBe(true);
    expect(isAhead(new Shifted().getTime())).toBe(true);
    expect(isAhead(Date.parse(Shifted()))).toBe(true);
  });

  it('leaves instants that are given alone', () => {
    expect(new Shifted(0).getTime()).toBe(0);
    expect(new Shifted('2026-01-01T00:00:00Z').toISOString()).toBe('2026-01-01T00:00:00.000Z');
    expect(new Shifted(2026, 0, 2).getDate()).toBe(2);
    expect(Shifted.UTC(1970, 0)).toBe(0);
  });

  it('makes dates like any other', () => {
    expect(new Shifted() instanceof Date).toBe(true);
    expect(new Date() instanceof Shifted).toBe(true);
    expect(Object.prototype.toString.call(new Shifted())).toBe('[object Date]');
    class Later extends Shifted {}
    expect(new Later() instanceof Later).toBe(true);
  });
});
