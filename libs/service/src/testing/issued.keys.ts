import { randomBytes } from 'node:crypto';
import { createKey, emptyKeys, KeyRing, newKeyParts } from '@perennial/access';

/** API keys of a document of their own, without an end. */
export class IssuedKeys {
  private document = emptyKeys;

  /** The new key, as its holder sends it. */
  issue = (name: string, scopes: string[], limit?: { perSecond: number; burst: number }): string => {
    const made = createKey(this.document, { name, scopes, lifetimeMs: null, limit }, newKeyParts(randomBytes(38)), 0);
    this.document = made.document;
    return made.key;
  };

  /** Of the keys that were issued until now. */
  ring(): KeyRing {
    return new KeyRing(this.document);
  }
}
