import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { fuzz } from './fuzz.run';
import { bytesOf, decodedBy, type FuzzTarget, Violation } from './fuzz.target';
import { guardedCheck } from './guarded.check';
import { superviseFuzz } from './supervised.fuzz';
import { targets } from './targets';

const regressions = resolve(__dirname, '..', 'regressions');
/** In all about 3,000; the nightly run has 100,000, with another seed every night. */
const casesPerTarget = 430;
const seed = 20_261_121;

describe.each(targets)('the decoder of $name', (target) => {
  it('gives a value or a typed error, whatever it is fed', async () => {
    const report = await superviseFuzz(target.name, { seed, cases: casesPerTarget });
    expect(report.failures.map(({ index, defect, stack }) => ({ index, defect, stack }))).toEqual([]);
    expect(report.cases).toBe(casesPerTarget);
    // A mutator that only makes garbage tests nothing but the first check.
    expect(report.accepted).toBeGreaterThan(0);
  }, 300_000);

  const folder = join(regressions, target.name);
  const kept = existsSync(folder) ? readdirSync(folder) : [];
  it(`gets over what once broke it (${kept.length})`, async () => {
    for (const file of kept) await guardedCheck(target, readFileSync(join(folder, file)));
  }, 120_000);
});

describe('the fuzzer', () => {
  const target = (check: FuzzTarget['check']): FuzzTarget => ({
    name: 'example',
    tokens: ['!'],
    seeds: async () => [bytesOf('abcdef'), bytesOf('ghi')],
    check,
  });

  it('finds a planted defect, makes its input small, and repeats it by the seed', async () => {
    const broken = target(async (input) => {
      if (input.includes(0x21)) throw new TypeError('stumbled over !');
      return 'accepted';
    });
    const { failures } = await fuzz(broken, { seed: 1, cases: 200 });
    expect(failures).toMatchObject([{ defect: 'TypeError: stumbled over !', input: bytesOf('!') }]);
    const again = await fuzz(broken, { seed: 1, cases: 200 });
    expect(again.failures[0]?.index).toBe(failures[0]?.index);
  });

  it('notices a prototype that was changed', async () => {
    const polluting = target(async () => {
      Object.defineProperty(Object.prototype, 'polluted', { value: 1, configurable: true });
      return 'accepted';
    });
    const failure = await guardedCheck(polluting, bytesOf('x')).catch((error: unknown) => error);
    Reflect.deleteProperty(Object.prototype, 'polluted');
    expect(failure).toBeInstanceOf(Violation);
  });

  it('takes a typed error for a refusal, and no other', async () => {
    const typed = Object.assign(new Error('no'), { code: 'BAD', retryable: false });
    await expect(decodedBy(() => Promise.reject(typed))).resolves.toBeUndefined();
    await expect(decodedBy(() => Promise.reject(new RangeError('no')))).rejects.toThrow(RangeError);
  });
});
