import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync } from 'node:fs';
import { getPriority } from 'node:os';
import { yieldProcess } from './niceness';

const priorities = (pid: number): number[] =>
  process.platform === 'linux'
    ? readdirSync(`/proc/${pid}/task`).map((thread) => getPriority(Number(thread)))
    : [getPriority(pid)];

describe('a process that yields', () => {
  const before = getPriority();
  let child: ChildProcess;
  let pid: number;

  beforeEach(async () => {
    child = spawn(process.execPath, ['-e', 'console.log(1); process.stdin.resume()']);
    await once(child.stdout!, 'data');
    pid = child.pid!;
  });
  afterEach(() => child.kill('SIGKILL'));

  it('does so with every thread that it has', () => {
    yieldProcess(3, pid);
    expect(new Set(priorities(pid))).toEqual(new Set([Math.min(19, before + 3)]));
  });

  it('yields by so much more each time, up to the bound', () => {
    yieldProcess(3, pid);
    yieldProcess(2, pid);
    expect(getPriority(pid)).toBe(Math.min(19, before + 5));
    yieldProcess(30, pid);
    expect(new Set(priorities(pid))).toEqual(new Set([19]));
  });
});

it('a process that ended is left alone', async () => {
  const child = spawn(process.execPath, ['-e', '']);
  await once(child, 'exit');
  expect(() => yieldProcess(5, child.pid)).not.toThrow();
});
