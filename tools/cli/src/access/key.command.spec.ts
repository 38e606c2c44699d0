import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { KeyRing, parseKeys } from '@perennial/access';
import { failureOf } from '../failure';
import { createProgram } from '../program';
import { recordedContext } from '../testing/recorded.context';

let folder: string;
let file: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'keys-'));
  file = join(folder, 'access', 'keys.json');
});
afterEach(() => rmSync(folder, { recursive: true }));

async function run(...args: string[]) {
  const { context, printed, noted } = recordedContext({ cwd: folder, stack: { home: folder } });
  const program = createProgram('0', () => context);
  for (const command of program.commands.flatMap((each) => [each, ...each.commands]))
    command.configureOutput({ writeErr: () => undefined, writeOut: () => undefined });
  try {
    await program.parseAsync(['node', 'perennial', 'key', ...args]);
    return { out: printed.join('\n'), noted: noted.join('\n'), failure: undefined };
  } catch (error) {
    return { out: '', noted: '', failure: failureOf(error) };
  }
}
const ask = (key: string) => {
  try {
    return new KeyRing(parseKeys(readFileSync(file, 'utf8'))).authenticate(key, Date.now()).subject;
  } catch (error) {
    return (error as Error).message;
  }
};

it('makes a key that services accept, shows it once and keeps only its digest, for its owner', async () => {
  const { out: key, noted } = await run('create', 'checkout', '--scope', 'predict@credit', '--rate', '5');
  expect(ask(key)).toBe('checkout');
  expect(readFileSync(file, 'utf8')).not.toContain(key.slice(16));
  expect(noted).not.toContain(key.slice(16));
  expect(statSync(file).mode & 0o777).toBe(0o600);
  expect(parseKeys(readFileSync(file, 'utf8')).keys[0]?.limit).toEqual({ perSecond: 5, burst: 5 });
});

it('rotates with an overlap, lists and revokes', async () => {
  const { out: first } = await run('create', 'checkout', '--scope', 'predict', 'labels', '--expires', 'never');
  const id = first.slice(3, 15);
  const { out: second } = await run('rotate', id, '--overlap', '1h');
  expect([ask(first), ask(second)]).toEqual(['checkout', 'checkout']);
  const { keys } = JSON.parse((await run('list', '--json')).out) as { keys: Record<string, unknown>[] };
  expect(keys).toMatchObject([
    { id, name: 'checkout', state: 'valid', scopes: ['predict', 'labels'], expires: expect.any(String) },
    { name: 'checkout', state: 'valid', replaces: id, expires: null, lastUsed: null },
  ]);
  expect(JSON.stringify(keys)).not.toContain('sha256');
  await run('revoke', id);
  expect([ask(first), ask(second)]).toEqual([expect.stringContaining('revoked'), 'checkout']);
  await run('rotate', second.slice(3, 15), '--overlap', '0s');
  expect(ask(second)).toMatch(/expired/);
});

it.each([
  [['create', 'a', '--scope', 'everything'], /scopes\.0: must be one of/],
  [['create', 'a', '--scope', 'predict', '--burst', '3'], /--burst needs --rate/],
  [['rotate', '000000000000'], /is not among the keys/],
  [['revoke', '000000000000'], /is not among the keys/],
])('%j is refused', async (args, message) => {
  expect((await run(...args)).failure).toMatchObject({ exit: 2, message: expect.stringMatching(message) });
});

it('does not touch a file that it cannot read', async () => {
  const broken = join(folder, 'broken.json');
  writeFileSync(broken, '{');
  expect((await run('create', 'a', '--scope', 'predict', '--file', broken)).failure?.message).toMatch(/must be JSON/);
  expect(readFileSync(broken, 'utf8')).toBe('{');
});
