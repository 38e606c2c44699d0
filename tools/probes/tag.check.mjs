import { createRequire } from 'node:module';

const { allowedTypes, packages, tagOf } = createRequire(import.meta.url)('../boundaries/boundaries.cjs');

const refused = [
  ['no tag', []],
  ['an unknown tag', ['type:thing']],
  ['two tags of one kind', ['type:pure', 'type:adapter']],
];

/** A package without its tags would escape every boundary, so reading the packages must fail. */
export function checkTags() {
  const failures = refused
    .filter(([, tags]) => !throws(() => tagOf('type', allowedTypes, 'libs/probe', tags)))
    .map(([name]) => `a package with ${name} was accepted`);
  const types = new Set(packages().map(({ type }) => type));
  const unused = Object.keys(allowedTypes).filter((type) => !types.has(type));
  return { count: refused.length, failures: [...failures, ...unused.map((type) => `no package is ${type}`)] };
}

function throws(action) {
  try {
    action();
    return false;
  } catch {
    return true;
  }
}
