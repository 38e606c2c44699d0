import { digestOf, formatKey, type KeyParts } from './api.key';
import { type KeyDocument, KeyDocumentError, type KeyRecord, parseKeys, stateOf } from './key.document';
import type { Limit } from './token.bucket';

export interface KeyWish {
  readonly name: string;
  readonly scopes: readonly string[];
  /** Milliseconds; null: for ever. */
  readonly lifetimeMs: number | null;
  readonly limit?: Limit;
}

interface Changed {
  readonly document: KeyDocument;
  readonly record: KeyRecord;
}

const problem = (field: string, rule: string) => new KeyDocumentError([{ field, rule }]);
const instantAt = (ms: number) => new Date(ms).toISOString();

function find({ keys }: KeyDocument, id: string): KeyRecord {
  const found = keys.find((key) => key.id === id);
  if (!found) throw problem('id', `${id} is not among the keys`);
  return found;
}

const replaced = ({ version, keys }: KeyDocument, record: KeyRecord): KeyDocument => ({
  version,
  keys: keys.map((key) => (key.id === record.id ? record : key)),
});

/** By the rules of the file. */
const checked = (document: KeyDocument): KeyDocument => parseKeys(JSON.stringify(document));

/** A new key; `parts` are fresh random bytes. The key itself is returned once and kept nowhere. */
export function createKey(
  document: KeyDocument,
  { name, scopes, lifetimeMs, limit }: KeyWish,
  parts: KeyParts,
  now: number,
): Changed & { key: string } {
  const taken = document.keys.find((key) => key.name === name && stateOf(key, now) === 'valid');
  if (taken) throw problem('name', `${name} is the name of ${taken.id}; rotate that key, or revoke it first`);
  return added(document, { name, scopes: [...scopes], limit }, lifetimeMs, parts, now);
}

/**
 * A key that takes over from another one: same name, scopes and limit. The old one stays valid for the overlap, so that
 * its users can change over; never longer than it would have been.
 */
export function rotateKey(
  document: KeyDocument,
  id: string,
  { overlapMs, lifetimeMs }: { overlapMs: number; lifetimeMs?: number | null },
  parts: KeyParts,
  now: number,
): Changed & { key: string } {
  const old = find(document, id);
  if (stateOf(old, now) !== 'valid') throw problem('id', `${id} is ${stateOf(old, now)}; create a new key`);
  const end = Math.min(now + overlapMs, old.expires === null ? Infinity : Date.parse(old.expires));
  const usual = old.expires === null ? null : Date.parse(old.expires) - Date.parse(old.created);
  const { name, scopes, limit } = old;
  const ending = replaced(document, { ...old, expires: instantAt(end) });
  return added(
    ending,
    { name, scopes, limit, replaces: id },
    lifetimeMs === undefined ? usual : lifetimeMs,
    parts,
    now,
  );
}

/** The key is refused from now on. Its record stays, for whoever asks who had what. */
export function revokeKey(document: KeyDocument, id: string, now: number): Changed {
  const old = find(document, id);
  const record = { ...old, revoked: old.revoked ?? instantAt(now) };
  return { document: replaced(document, record), record };
}

function added(
  document: KeyDocument,
  fields: Pick<KeyRecord, 'name' | 'scopes' | 'limit' | 'replaces'>,
  lifetimeMs: number | null,
  parts: KeyParts,
  now: number,
): Changed & { key: string } {
  const key = formatKey(parts);
  const record: KeyRecord = {
    ...fields,
    id: Buffer.from(parts.id).toString('hex'),
    digest: `sha256:${digestOf(key).toString('hex')}`,
    created: instantAt(now),
    expires: lifetimeMs === null ? null : instantAt(now + lifetimeMs),
  };
  const { version, keys } = document;
  return { document: checked({ version, keys: [...keys, record] }), record, key };
}
