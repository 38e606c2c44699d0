// Thread entry of the tests: does what it is told.
import { workerData } from 'node:worker_threads';
import { answerCalls } from '../answer.calls';

type Told = { double: number } | { reverse: Uint8Array } | { refuse: string } | { exit: number } | { hoard: true };

answerCalls(async (told: Told) => {
  if ('double' in told) return { value: [told.double * 2, workerData] };
  if ('reverse' in told) {
    const value = told.reverse.reverse();
    return { value, transfer: [value.buffer as ArrayBuffer] };
  }
  if ('refuse' in told) {
    throw Object.assign(new Error(told.refuse), { code: 'ODD', retryable: false, details: { told: 1 } });
  }
  if ('exit' in told) process.exit(told.exit);
  const hoard: number[][] = [];
  for (;;) hoard.push(new Array<number>(1e5).fill(hoard.length + 0.5));
});
