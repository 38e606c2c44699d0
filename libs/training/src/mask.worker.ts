// Entry of a thread that fills dropout masks.
import { workerData } from 'node:worker_threads';
import { answerCalls } from '@perennial/compute-thread';
import type { DropoutSite } from '@perennial/tabular-models';
import { CallMasks } from './call.masks';

const { sites, steps } = workerData as { readonly sites: readonly DropoutSite[]; readonly steps: number };
const masks = new CallMasks(sites, steps);

answerCalls(({ memory, seeds }: { memory: Uint8Array; seeds: Int32Array }) => {
  masks.fill(memory, seeds);
  return { value: memory, transfer: [memory.buffer as ArrayBuffer] };
});
