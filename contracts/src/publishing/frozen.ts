import { isDeepStrictEqual } from 'node:util';
import { type Files, SCHEMA_SUFFIX } from './artifacts';
import { type JsonSchema, withoutAnnotations } from './json-schema';
import { withdrawn } from './withdrawn';

/** A published file as some commit has it. */
export interface CommittedFile {
  name: string;
  commit: string;
  text: string;
}

/** Wording may be corrected after publication; nothing else. */
const WORDING = ['title', 'description'];

/** Why a version that was published once is no longer published as it was; those withdrawn before a release may be gone. */
export function thawedVersions(published: Files, committed: readonly CommittedFile[]): string[] {
  const back = [...withdrawn].filter((name) => published.has(name));
  const thawed = committed
    .filter(({ name }) => name.endsWith(SCHEMA_SUFFIX) && !withdrawn.has(name))
    .flatMap(({ name, commit, text }) => {
      const now = published.get(name);
      const earlier = `commit ${commit.slice(0, 12)}`;
      if (now === undefined) return [`${name} was published in ${earlier} and is gone: a published version stays`];
      if (isDeepStrictEqual(frozenPart(now), frozenPart(text))) return [];
      return [`${name} differs from ${earlier}: a published version is frozen, add the next version instead`];
    });
  return [...back.map((name) => `${name} was withdrawn: take the next version instead`), ...thawed];
}

const frozenPart = (text: string): JsonSchema => withoutAnnotations(JSON.parse(text) as JsonSchema, WORDING);
