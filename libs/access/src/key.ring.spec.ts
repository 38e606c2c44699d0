import { createHash, randomBytes } from 'node:crypto';
import fc from 'fast-check';
import { digestOf, formatKey, idOf, newKeyParts } from './api.key';
import { createKey, revokeKey, rotateKey } from './key.changes';
import { emptyKeys, type KeyDocument, parseKeys } from './key.document';
import { KeyRing } from './key.ring';

const day = 86_400_000;
const start = Date.parse('2026-03-02T00:00:00.000Z');
const parts = () => newKeyParts(randomBytes(38));
const wish = { name: 'checkout', scopes: ['predict@credit'], lifetimeMs: 90 * day };
const created = () => createKey(emptyKeys, wish, parts(), start);
const ask = (document: KeyDocument, key: string, now: number) => {
  try {
    return new KeyRing(document).authenticate(key, now).subject;
  } catch (error) {
    return (error as Error).message;
  }
};

describe('the text of a key', () => {
  it('tells its id, and nothing else is a key', () => {
    fc.assert(
      fc.property(
        fc.uint8Array({ minLength: 38, maxLength: 38 }),
        fc.nat(58),
        fc.string({ minLength: 1, maxLength: 1 }),
        (bytes, at, other) => {
          const key = formatKey(newKeyParts(bytes));
          expect(idOf(key)).toBe(Buffer.from(bytes.subarray(0, 6)).toString('hex'));
          expect([idOf(`${key}A`), idOf(key.slice(1)), idOf(`${key}\n`)]).toEqual([undefined, undefined, undefined]);
          const changed = key.slice(0, at) + other + key.slice(at + 1);
          if (changed !== key) expect(digestOf(changed).equals(digestOf(key))).toBe(false);
        },
      ),
    );
  });

  it('needs all its bytes', () => expect(() => newKeyParts(randomBytes(37))).toThrow(RangeError));
});

describe('a key', () => {
  it('is not in the file; its SHA-256 is', () => {
    const { document, key } = created();
    const text = JSON.stringify(document);
    expect(text).not.toContain(key.slice(16));
    expect(document.keys[0]?.digest).toBe(`sha256:${createHash('sha256').update(key).digest('hex')}`);
    expect(parseKeys(text)).toEqual(document);
  });

  it('tells who asks, until it expires', () => {
    const { document, key } = created();
    expect(ask(document, key, start)).toBe('checkout');
    expect(ask(document, key, start + 90 * day - 1)).toBe('checkout');
    expect(ask(document, key, start + 90 * day)).toMatch(/has expired/);
  });

  it('is refused with another secret, also after its end, without telling what it is', () => {
    const { document, key } = created();
    const forged = key.slice(0, -1) + (key.endsWith('A') ? 'B' : 'A');
    for (const wrong of [forged, formatKey(parts()), 'pk_', 'pk_x', `${key} `]) {
      for (const now of [start, start + 1000 * day]) expect(ask(document, wrong, now)).toMatch(/the key is not known/);
    }
  });

  it('is refused from the moment it is revoked', () => {
    const { document, key, record } = created();
    expect(ask(revokeKey(document, record.id, start).document, key, start)).toMatch(/was revoked/);
  });

  it('overlaps with the one that takes over, for as long as said and no longer than it would have lived', () => {
    const { document, key, record } = created();
    const rotated = rotateKey(document, record.id, { overlapMs: day }, parts(), start + day);
    expect(rotated.record).toMatchObject({ name: 'checkout', scopes: wish.scopes, replaces: record.id });
    expect(ask(rotated.document, key, start + 2 * day - 1)).toBe('checkout');
    expect(ask(rotated.document, rotated.key, start + 2 * day - 1)).toBe('checkout');
    expect(ask(rotated.document, key, start + 2 * day)).toMatch(/has expired/);
    expect(ask(rotated.document, rotated.key, start + 91 * day - 1)).toBe('checkout');
    expect(ask(rotated.document, rotated.key, start + 91 * day)).toMatch(/has expired/);
    const late = rotateKey(document, record.id, { overlapMs: 1000 * day }, parts(), start + day);
    expect(ask(late.document, key, start + 90 * day)).toMatch(/has expired/);
  });

  it('has a name of its own while it is valid', () => {
    const { document, record } = created();
    expect(() => createKey(document, wish, parts(), start)).toThrow(/name: checkout is the name of/);
    const after = revokeKey(document, record.id, start).document;
    expect(createKey(after, wish, parts(), start).document.keys).toHaveLength(2);
    expect(() => rotateKey(after, record.id, { overlapMs: 0 }, parts(), start)).toThrow(/is revoked/);
  });

  it.each([
    [{ scopes: ['everything'] }, /keys\.0\.scopes\.0: must be one of/],
    [{ scopes: [] }, /keys\.0\.scopes: must name at least one/],
    [{ name: ' ' }, /keys\.0\.name/],
    [{ limit: { perSecond: 0, burst: 1 } }, /keys\.0\.limit\.perSecond/],
  ])('cannot be made by %j', (changes, message) => {
    expect(() => createKey(emptyKeys, { ...wish, ...changes }, parts(), start)).toThrow(message);
  });

  it('keeps its counts when the file is read again', () => {
    const { document, key, record } = created();
    const ring = new KeyRing(document);
    ring.authenticate(key, start + 5);
    const again = new KeyRing(revokeKey(document, record.id, start).document, ring);
    expect(again.uses()).toMatchObject([{ lastUsed: start + 5, uses: 1 }]);
  });
});

it.each([
  ['{', /file: must be JSON/],
  ['{"version":2,"keys":[]}', /version/],
  ['{"version":1,"keys":[{}]}', /keys\.0\.digest/],
])('a file that holds %s is refused with every problem', (text, message) => {
  expect(() => parseKeys(text)).toThrow(message);
});

it('the same id twice is refused', () => {
  const { document } = created();
  const twice = { ...document, keys: [...document.keys, ...document.keys] };
  expect(() => parseKeys(JSON.stringify(twice))).toThrow(/keys\.1\.id: must be unique/);
});
