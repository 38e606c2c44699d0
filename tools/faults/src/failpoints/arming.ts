import { appendFileSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const folderOf = (home: string): string => join(home, 'failpoints');
const armedIn = (home: string): string => join(folderOf(home), 'armed');
const firedIn = (home: string): string => join(folderOf(home), 'fired');

export interface Arming {
  readonly service: string;
  readonly failpoint: string;
  /** Dies at the so manieth time that it comes by; from 1. */
  readonly hit: number;
  /** Who armed it: several may at once. */
  readonly by: string;
}

const keyOf = ({ service, failpoint, by }: Omit<Arming, 'hit'>): string => `${service} ${failpoint} ${by}`;

/** From outside: the service dies there. It need not run. */
export function arm(home: string, arming: Arming): void {
  mkdirSync(armedIn(home), { recursive: true });
  writeFileSync(join(armedIn(home), keyOf(arming)), String(arming.hit));
}

/** What is left of an arming that did not come to it is taken away. */
export function disarm(home: string, arming: Omit<Arming, 'hit'>): void {
  rmSync(join(armedIn(home), keyOf(arming)), { force: true });
}

export const hasFired = (home: string, arming: Omit<Arming, 'hit'>): boolean =>
  existsSync(firedIn(home)) && readFileSync(firedIn(home), 'utf8').split('\n').includes(keyOf(arming));

/** From inside, at each hit: true when the process must die now; noted before it does, so that it happens once. */
export function mustDie(home: string, service: string, failpoint: string): boolean {
  if (!existsSync(armedIn(home))) return false;
  const mine = readdirSync(armedIn(home)).filter((key) => key.startsWith(`${service} ${failpoint} `));
  return mine.filter((key) => countDown(home, key)).length > 0;
}

function countDown(home: string, key: string): boolean {
  const path = join(armedIn(home), key);
  const left = Number(readFileSync(path, 'utf8')) - 1;
  if (left > 0) writeFileSync(path, String(left));
  if (left > 0) return false;
  rmSync(path);
  appendFileSync(firedIn(home), `${key}\n`);
  return true;
}
