import { hash } from 'node:crypto';

/** `pk_<id>_<secret>`: the id finds the record, 48 bits as hexadecimal; the secret is 256 bits as base64url. */
const pattern = /^pk_([0-9a-f]{12})_[A-Za-z0-9_-]{43}$/;

export interface KeyParts {
  /** 6 bytes. */
  readonly id: Uint8Array;
  /** 32 bytes. */
  readonly secret: Uint8Array;
}

/** From 38 random bytes. */
export const newKeyParts = (random: Uint8Array): KeyParts => {
  if (random.length !== 38) throw new RangeError(`a key needs 38 random bytes, not ${random.length}`);
  return { id: random.subarray(0, 6), secret: random.subarray(6) };
};

export const formatKey = ({ id, secret }: KeyParts): string =>
  `pk_${Buffer.from(id).toString('hex')}_${Buffer.from(secret).toString('base64url')}`;

/** The id in the text of a key; undefined when the text is no key. */
export const idOf = (key: string): string | undefined => pattern.exec(key)?.[1];

/**
 * What is kept of a key: SHA-256 of its whole text. A slow hash would protect nothing: it makes guessing a password
 * expensive, and 256 random bits cannot be guessed; it would only cost each request its time.
 */
export const digestOf = (key: string): Buffer => hash('sha256', key, 'buffer');
