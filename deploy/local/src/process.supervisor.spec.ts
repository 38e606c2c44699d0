import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { tailLog } from './log.file';
import { readProcessRecord, runningProcess, writeProcessRecord } from './process.record';
import { signalProcess, startProcess, stopProcess, stopProcesses } from './process.supervisor';

describe('the process supervisor', () => {
  let directory: string;
  beforeEach(() => (directory = mkdtempSync(join(tmpdir(), 'supervisor '))));
  afterEach(async () => {
    await stopProcesses(directory);
    rmSync(directory, { recursive: true });
  });

  const spec = (script: string, name = 'worker') => ({
    directory,
    name,
    command: process.execPath,
    args: ['-e', script],
    cwd: directory,
    logFile: join(directory, 'logs', `${name}.log`),
    details: { port: 1 },
    ready: async () => Promise.resolve(tailLog(join(directory, 'logs', `${name}.log`)).includes('listening')),
  });
  const serve = `console.log('listening'); setInterval(() => {}, 1000);`;
  const start = (name?: string) => startProcess(spec(serve, name));

  it('finds on the second start what the first one started', async () => {
    const first = await start();
    const second = await start();
    expect(first).toMatchObject({ phase: 'ready', alreadyRunning: false, details: { port: 1 } });
    expect(second).toMatchObject({ pid: first.pid, alreadyRunning: true });
  });

  it('starts one process for two callers at once', async () => {
    const [left, right] = await Promise.all([start(), start()]);
    expect(left.pid).toBe(right.pid);
    expect([left.alreadyRunning, right.alreadyRunning].sort()).toEqual([false, true]);
  });

  it('shows the end of the log of a process that fails to start', async () => {
    const failing = startProcess(spec(`console.error('no configuration'); process.exit(3)`));
    await expect(failing).rejects.toMatchObject({
      code: 'start-failed',
      message: expect.stringContaining('no configuration'),
    });
    expect(readProcessRecord(directory, 'worker')).toBeUndefined();
  });

  it('names a program that does not exist', async () => {
    const missing = startProcess({ ...spec(serve), command: join(directory, 'none') });
    await expect(missing).rejects.toMatchObject({ code: 'start-failed', message: expect.stringContaining('ENOENT') });
  });

  it('stops what never becomes ready', async () => {
    const silent = startProcess({ ...spec(`setInterval(() => {}, 1000)`), readyTimeoutMs: 400 });
    await expect(silent).rejects.toMatchObject({ code: 'start-timeout' });
    expect(runningProcess(directory, 'worker')).toBeUndefined();
  });

  it('returns from a stop only after the clean end', async () => {
    const tidy = `process.on('SIGTERM', () => setTimeout(() => { console.log('tidied'); process.exit(0); }, 200)); ${serve}`;
    await startProcess(spec(tidy));
    await expect(stopProcess(directory, 'worker')).resolves.toBe(true);
    expect(tailLog(join(directory, 'logs', 'worker.log'))).toContain('tidied');
    await expect(stopProcess(directory, 'worker')).resolves.toBe(false);
  });

  it('kills what ignores the stop, and stops what is paused', async () => {
    await startProcess(spec(`process.on('SIGTERM', () => {}); ${serve}`, 'stubborn'));
    await expect(stopProcess(directory, 'stubborn', 100)).resolves.toBe(true);
    await start('paused');
    await signalProcess(directory, 'paused', 'SIGSTOP');
    await expect(stopProcess(directory, 'paused')).resolves.toBe(true);
  });

  it('leaves alone a process that only has a recorded pid, as after a reboot', async () => {
    const bystander = await start('bystander');
    writeProcessRecord(directory, { ...bystander, name: 'worker', identity: 'earlier-boot/1' });
    await expect(stopProcess(directory, 'worker')).resolves.toBe(false);
    expect(runningProcess(directory, 'bystander')?.pid).toBe(bystander.pid);
    await expect(start()).resolves.toMatchObject({ alreadyRunning: false });
  });

  it('starts anew over a damaged record', async () => {
    writeFileSync(join(directory, 'worker.json'), '{"version":1,');
    await expect(start()).resolves.toMatchObject({ alreadyRunning: false });
  });
});
