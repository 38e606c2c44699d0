import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PeerProcess } from './peer.process';

// The protocol from the other side; any interpreter will do.
const SCRIPT = `
require('node:readline').createInterface({ input: process.stdin }).on('line', (line) => {
  const { operation, value } = JSON.parse(line);
  const reply = {
    versions: () => ({ result: { engine: '1' } }),
    echo: () => ({ result: value }),
    fail: () => ({ error: 'no such case' }),
    end: () => { console.error('last words'); process.exit(3); },
  }[operation]();
  console.log(JSON.stringify(reply));
});`;

describe('PeerProcess', () => {
  const folder = mkdtempSync(join(tmpdir(), 'bench-peer-'));
  const script = join(folder, 'peer.js');
  let peer: PeerProcess;

  beforeAll(() => writeFileSync(script, SCRIPT));
  beforeEach(async () => (peer = await PeerProcess.start(process.execPath, script)));
  afterEach(() => peer.close());
  afterAll(() => rmSync(folder, { recursive: true }));

  it('asks for versions first', () => expect(peer.versions).toEqual({ engine: '1' }));
  it('answers each request in turn', async () => {
    expect(await peer.request('echo', { value: [1, 2] })).toEqual([1, 2]);
    expect(await peer.request('echo', { value: 'x' })).toBe('x');
  });
  it('reports a failed operation', () =>
    expect(peer.request('fail')).rejects.toMatchObject({
      code: 'bench.peer-failed',
      message: expect.stringContaining('fail: no such case'),
    }));
  it('reports the end of the peer, with its last words, now and later', async () => {
    await expect(peer.request('end')).rejects.toThrow(/exit code 3\nlast words/);
    await expect(peer.request('echo')).rejects.toThrow('it is not running');
  });
  it('reports an interpreter that is not there', () =>
    expect(PeerProcess.start(join(folder, 'absent'), script)).rejects.toMatchObject({ code: 'bench.peer-failed' }));
});
