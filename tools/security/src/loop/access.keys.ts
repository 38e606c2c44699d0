import { createHash } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createKey, emptyKeys, newKeyParts } from '@perennial/access';

export interface AccessKeys {
  /** For every service: which keys are accepted, and its own. */
  readonly variables: Readonly<Record<string, string>>;
  /** Of a person, who may do everything. */
  readonly operator: string;
  /** What the services show each other. */
  readonly service: string;
}

/** The same at each run; keys of a test are no secrets. */
const partsOf = (name: string) =>
  newKeyParts(Buffer.concat([0, 1].map((n) => createHash('sha256').update(`${name} ${n}`).digest())).subarray(0, 38));

/** A file of keys, one for a person and one that the services share, with no more than they need of each other. */
export function writeAccessKeys(folder: string): AccessKeys {
  const wish = { lifetimeMs: 86_400_000 };
  const now = Date.now();
  const operator = createKey(emptyKeys, { ...wish, name: 'operator', scopes: ['admin'] }, partsOf('operator'), now);
  const scopes = ['data:read', 'models:read'];
  const service = createKey(operator.document, { ...wish, name: 'services', scopes }, partsOf('services'), now);
  mkdirSync(folder, { recursive: true });
  const files = { keys: join(folder, 'keys.json'), service: join(folder, 'service.key') };
  writeFileSync(files.keys, JSON.stringify(service.document));
  writeFileSync(files.service, `${service.key}\n`);
  const variables = { ACCESS_KEYS_FILE: files.keys, SERVICE_KEY_FILE: files.service };
  return { variables, operator: operator.key, service: service.key };
}
