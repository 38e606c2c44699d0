import { valvesOf } from './valve';

const day = { day: '2026-03-03', rows: 400, change: 'none' } as const;
const leakShare = (valves: ReturnType<typeof valvesOf>) =>
  valves.filter(({ outcome }) => outcome === 'leaks').length / valves.length;
const openOnes = (valves: ReturnType<typeof valvesOf>) => valves.filter(({ position }) => position === 'open');

describe('valves of a day', () => {
  it('are the same for the same day and differ between days', () => {
    expect(valvesOf(day)).toEqual(valvesOf(day));
    expect(valvesOf({ ...day, day: '2026-03-04' })[0]).not.toMatchObject({ pressure: valvesOf(day)[0]!.pressure });
  });

  it('have ids of their own', () => {
    expect(new Set(valvesOf(day).map(({ valve }) => valve)).size).toBe(day.rows);
  });

  it('leak when open, and when recoded hold when open', () => {
    expect(leakShare(openOnes(valvesOf(day)))).toBeGreaterThan(0.9);
    expect(leakShare(openOnes(valvesOf({ ...day, change: 'recoded' })))).toBeLessThan(0.1);
  });

  it('have labels that follow from nothing when these are random', () => {
    const share = leakShare(openOnes(valvesOf({ ...day, rows: 4000, change: 'random-labels' })));
    expect(share).toBeGreaterThan(0.4);
    expect(share).toBeLessThan(0.6);
  });
});
