import { ComputeThread } from '@perennial/compute-thread';
import { continuedStream, type DropoutSite, type RandomStream } from '@perennial/tabular-models';
import { CallMasks } from './call.masks';
import { trainingEntry } from './training.process';

/** Of the thread's own heap; masks lie outside it. */
const HEAP_MIB = 64;

/**
 * The dropout masks of one call after the other. With a second thread those of the next call are filled while this thread
 * computes. Which thread filled them makes no difference: they follow from seeds, and those are drawn when the call comes.
 */
export class MasksAhead {
  private readonly masks: CallMasks;
  private readonly thread: ComputeThread | undefined;
  /** Memory that was used before is faster than new memory. */
  private current: Uint8Array;
  private spare: Uint8Array | undefined;
  /** Of the next call; nothing where the thread was lost. */
  private ahead: Promise<Uint8Array | undefined> | undefined;

  constructor(
    private readonly sites: readonly DropoutSite[],
    steps: number,
    /** Of the masks, from which nobody else draws; left as if each call's had been drawn when it came. */
    private readonly random: RandomStream,
    threads: number,
  ) {
    this.masks = new CallMasks(sites, steps);
    this.current = new Uint8Array(this.masks.bytes);
    if (threads < 2 || sites.length === 0) return;
    const file = trainingEntry(__dirname, 'mask.worker.js');
    this.thread = new ComputeThread({ name: 'masks', file, workerData: { sites, steps }, heapMiB: HEAP_MIB });
  }

  /** For each site its masks in so many steps, until the next call of this. */
  async next(steps: number): Promise<readonly Uint8Array[]> {
    const seeds = this.masks.drawSeeds(this.random, steps);
    const filled = await this.ahead;
    if (filled) [this.current, this.spare] = [filled, this.current];
    else this.masks.fill(this.current, seeds);
    this.fillAhead();
    return this.sites.map((_, site) => this.masks.of(this.current, site, steps));
  }

  async close(): Promise<void> {
    await this.thread?.close();
  }

  /** As if the next call had all its steps; one with fewer has the first of these masks. */
  private fillAhead(): void {
    if (!this.thread) return;
    const seeds = this.masks.drawSeeds(continuedStream(this.random.getState()), this.masks.steps);
    const memory = this.spare ?? new Uint8Array(this.masks.bytes);
    this.spare = undefined;
    const filled = this.thread.call<Uint8Array>({ memory, seeds }, [memory.buffer as ArrayBuffer]);
    // What a lost thread did not fill is filled here.
    this.ahead = filled.catch(() => undefined);
  }
}
