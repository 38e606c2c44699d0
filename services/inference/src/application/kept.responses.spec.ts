import fc from 'fast-check';
import { KeptResponses } from './kept.responses';

describe('kept responses', () => {
  it('are taken until they are too old, and no version has those of another', () => {
    let now = 0;
    const kept = new KeptResponses({ entries: 10, seconds: 2 }, () => now);
    const [first, second] = [kept.ofModel(), kept.ofModel()];
    first.set('row', 0.25);
    expect([first.get('row'), second.get('row')]).toEqual([0.25, undefined]);
    second.set('row', 0.75);
    now = 1_999;
    expect([first.get('row'), second.get('row')]).toEqual([0.25, 0.75]);
    now = 2_000;
    expect([first.get('row'), second.get('row')]).toEqual([undefined, undefined]);
    first.set('row', 0.5);
    expect(first.get('row')).toBe(0.5);
  });

  it('are never more than may be, and the most recently asked are among them', () => {
    const asked = fc.array(fc.tuple(fc.nat(2), fc.nat(8)), { minLength: 1, maxLength: 60 });
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 6 }), asked, (entries, steps) => {
        const kept = new KeptResponses({ entries, seconds: 1 }, () => 0);
        const models = [0, 1, 2].map(() => kept.ofModel());
        const recent: string[] = [];
        for (const [model, row] of steps) {
          const name = `${model} ${row}`;
          const there = recent.indexOf(name);
          expect(models[model]!.get(`${row}`)).toBe(there < 0 ? undefined : model + row / 10);
          if (there < 0) models[model]!.set(`${row}`, model + row / 10);
          else recent.splice(there, 1);
          recent.unshift(name);
          recent.splice(entries);
        }
      }),
    );
  });
});
