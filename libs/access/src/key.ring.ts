import { timingSafeEqual } from 'node:crypto';
import { refusal } from './access.error';
import { digestOf, idOf } from './api.key';
import type { KeyDocument, KeyRecord } from './key.document';
import type { Principal } from './principal';
import { grantsOf } from './scope';

/** How a key was used by this process. */
export interface KeyUse {
  readonly record: KeyRecord;
  /** Milliseconds since 1970; 0: not yet. */
  lastUsed: number;
  uses: number;
}

interface Held extends KeyUse {
  readonly digest: Buffer;
  readonly expires: number;
  readonly principal: Principal;
}

const nobody = Buffer.alloc(32);

function held(record: KeyRecord, before: KeyUse | undefined): Held {
  const { id, name, digest, scopes, limit, expires } = record;
  return {
    record,
    digest: Buffer.from(digest.slice('sha256:'.length), 'hex'),
    expires: expires === null ? Infinity : Date.parse(expires),
    principal: { kind: 'key', id: `key:${id}`, subject: name, grants: grantsOf(scopes), limit },
    lastUsed: before?.lastUsed ?? 0,
    uses: before?.uses ?? 0,
  };
}

/** The keys as they are looked up: one map read, one SHA-256 and one comparison for each request. */
export class KeyRing {
  private readonly keys: ReadonlyMap<string, Held>;

  /** `before`: whose counts go on, when the file changed. */
  constructor({ keys }: KeyDocument, before?: KeyRing) {
    this.keys = new Map(keys.map((record) => [record.id, held(record, before?.keys.get(record.id))]));
  }

  /** now: milliseconds since 1970. Throws AccessError 401. */
  authenticate(key: string, now: number): Principal {
    const found = this.keys.get(idOf(key) ?? '');
    // Compared even where there is nothing to compare with, so that the time tells nothing of the ids.
    const same = timingSafeEqual(digestOf(key), found?.digest ?? nobody);
    if (!found || !same) throw refusal('the key is not known');
    if (found.record.revoked !== undefined) throw refusal('the key was revoked');
    if (found.expires <= now) throw refusal('the key has expired');
    found.lastUsed = now;
    found.uses += 1;
    return found.principal;
  }

  uses(): readonly KeyUse[] {
    return [...this.keys.values()];
  }
}
