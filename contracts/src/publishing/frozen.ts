import { isDeepStrictEqual } from 'node:util';
import { type Files, SCHEMA_SUFFIX } from './artifacts';
import { type JsonSchema, withoutAnnotations } from './json-schema';

/** A published file as some commit has it. */
export interface CommittedFile {
  name: string;
  commit: string;
  text: string;
}

/** Wording may be corrected after publication; nothing else. */
const WORDING = ['title', 'description'];

/** Why a version that was published once is no longer published as it was. */
export function thawedVersions(published: Files, committed: readonly CommittedFile[]): string[] {
  return committed
    .filter(({ name }) => name.endsWith(SCHEMA_SUFFIX))
    .flatMap(({ name, commit, text }) => {
      const now = published.get(name);
      const earlier = `commit ${commit.slice(0, 12)}`;
      if (now === undefined) return [`${name} was published in ${earlier} and is gone: a published version stays`];
      if (isDeepStrictEqual(frozenPart(now), frozenPart(text))) return [];
      return [`${name} differs from ${earlier}: a published version is frozen, add the next version instead`];
    });
}

const frozenPart = (text: string): JsonSchema => withoutAnnotations(JSON.parse(text) as JsonSchema, WORDING);
