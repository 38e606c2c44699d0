import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type ConfigError, parseConfigs } from '../config/parse-config';
import { accessConfigSchema } from './access.config';

const folder = mkdtempSync(join(tmpdir(), 'access-'));
const file = join(folder, 'file');
writeFileSync(file, '');
afterAll(() => rmSync(folder, { recursive: true }));

const problems = (env: Record<string, string>): string[] => {
  try {
    parseConfigs('s', [accessConfigSchema], env);
    return [];
  } catch (error) {
    return (error as ConfigError).problems.map(({ variable, rule }) => `${variable} ${rule}`);
  }
};
const issuer = { ACCESS_TOKEN_ISSUER: 'https://id.example', ACCESS_TOKEN_AUDIENCE: 'perennial' };

it.each(['127.0.0.1', '127.8.0.1', 'localhost', '::1'])('nothing needs to be said for HOST %s', (HOST) => {
  expect(problems({ HOST })).toEqual([]);
});

it.each(['0.0.0.0', '::', '10.1.2.3', 'example.org', '127.0.0.1.example.org', '::ffff:10.0.0.1'])(
  'who may ask must be said for HOST %s',
  (HOST) => {
    const [problem, ...more] = problems({ HOST });
    expect(more).toEqual([]);
    for (const part of ['ACCESS must be decided', HOST, 'ACCESS_KEYS_FILE', 'ACCESS_TOKEN_ISSUER', 'ACCESS=none'])
      expect(problem).toContain(part);
    const ways: Record<string, string>[] = [{ ACCESS: 'none' }, { ACCESS_KEYS_FILE: file }, issuer];
    for (const said of ways) expect(problems({ HOST, ...said })).toEqual([]);
  },
);

it.each<[Record<string, string>, string]>([
  [{ ACCESS: 'none', ACCESS_KEYS_FILE: file }, 'ACCESS must be left out with ACCESS_KEYS_FILE'],
  [{ ACCESS: 'none', ...issuer }, 'ACCESS must be left out with ACCESS_TOKEN_ISSUER'],
  [{ ACCESS: 'off' }, 'ACCESS must be none, or left out'],
  [{ ACCESS_KEYS_FILE: '/nowhere' }, 'ACCESS_KEYS_FILE must name a file that can be read (ENOENT)'],
  [{ ACCESS_TOKEN_ISSUER: 'https://id.example' }, 'ACCESS_TOKEN_AUDIENCE is needed with ACCESS_TOKEN_ISSUER'],
  [{ ...issuer, ACCESS_TOKEN_ISSUER: 'http://id.example' }, 'ACCESS_TOKEN_ISSUER must be an https URL'],
  [{ ...issuer, ACCESS_TOKEN_KEYS_URL: 'http://id.example/k' }, 'ACCESS_TOKEN_KEYS_URL must be an https URL'],
  [{ ...issuer, ACCESS_TOKEN_ALGORITHMS: 'HS256' }, 'ACCESS_TOKEN_ALGORITHMS.0 must be among RS256'],
  [{ ...issuer, ACCESS_TOKEN_ALGORITHMS: 'none' }, 'ACCESS_TOKEN_ALGORITHMS.0 must be among RS256'],
  [{ ACCESS_RATE_BURST: '5' }, 'ACCESS_RATE_PER_SECOND is needed with ACCESS_RATE_BURST'],
  [{ TLS_CERT_FILE: file }, 'TLS_KEY_FILE is needed with TLS_CERT_FILE'],
  [{ TLS_CLIENT_CA_FILE: file }, 'TLS_CERT_FILE is needed with TLS_CLIENT_CA_FILE'],
])('%j is reported', (env, expected) => {
  expect(problems(env)).toEqual([expect.stringContaining(expected)]);
});
