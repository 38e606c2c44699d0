import { monitorEventLoopDelay } from 'node:perf_hooks';
import { OpenLoop, type OpenLoopOptions, preferThisProcess } from './open.loop';
import type { ClientSummary } from './prediction.client';

const NANOSECONDS = 1e6;

/** A client in a process of its own: what else a load program does must not delay what it sends and what it measures. */
function main(options: OpenLoopOptions): void {
  const preferred = preferThisProcess();
  const delay = monitorEventLoopDelay({ resolution: 1 });
  const loop = new OpenLoop(options);
  process.on('message', () => {
    const summary: ClientSummary = {
      ...loop.take(),
      clientPreferred: preferred,
      clientDelayMaxMs: Math.round(delay.max / NANOSECONDS),
    };
    delay.reset();
    process.send?.(summary);
  });
  process.once('disconnect', () => {
    loop.stop();
    delay.disable();
  });
  delay.enable();
  loop.start();
}

process.once('message', main);
