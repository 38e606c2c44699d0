import { fair, isFair, passageOf, type Weather } from './weather';

const atRest = { wireFreeAt: 0, arrivesAt: 0 };
const slow: Weather = { latencyMs: 50, jitterMs: 20, bytesPerSecond: 1000 };

describe('a link', () => {
  it('passes everything at once when fair', () => {
    expect(isFair(fair)).toBe(true);
    expect(passageOf(fair, atRest, { bytes: 1e9, now: 7, uniform: 0.9 })).toEqual({ wireFreeAt: 7, arrivesAt: 7 });
  });

  it('takes the time of the bytes, then the latency, then the jitter', () => {
    expect(isFair(slow)).toBe(false);
    expect(passageOf(slow, atRest, { bytes: 100, now: 1000, uniform: 0.5 })).toEqual({
      wireFreeAt: 1100,
      arrivesAt: 1160,
    });
  });

  it('sends one chunk after the other', () => {
    const first = passageOf(slow, atRest, { bytes: 100, now: 0, uniform: 0 });
    expect(passageOf(slow, first, { bytes: 100, now: 0, uniform: 0 })).toEqual({ wireFreeAt: 200, arrivesAt: 250 });
  });

  it('lets no chunk overtake another', () => {
    const late = { wireFreeAt: 0, arrivesAt: 500 };
    expect(passageOf(slow, late, { bytes: 0, now: 10, uniform: 0 }).arrivesAt).toBe(500);
    expect(passageOf(fair, late, { bytes: 0, now: 10, uniform: 0 }).arrivesAt).toBe(500);
  });
});
