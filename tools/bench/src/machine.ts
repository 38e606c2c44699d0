import { arch, availableParallelism, cpus, loadavg, platform, release, totalmem } from 'node:os';
import { env } from 'onnxruntime-node';
import type { Machine } from './bench.result';

/** Above it, something else takes a noticeable share of the processor. */
const QUIET_LOAD_PER_CORE = 0.25;

export const machine = (): Machine => ({
  cpu: cpus()[0]?.model.trim() ?? 'unknown',
  cores: availableParallelism(),
  memoryGiB: Math.round(totalmem() / 2 ** 30),
  platform: `${platform()} ${release()} ${arch()}`,
  loadAverage: Number((loadavg()[0] as number).toFixed(2)),
});

export const isQuiet = ({ cores, loadAverage }: Machine): boolean => loadAverage <= cores * QUIET_LOAD_PER_CORE;

export const ourVersions = (): Record<string, string> => ({
  node: process.versions.node,
  'onnxruntime-node': env.versions.node ?? env.versions.common,
});
