import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { dayAfter, flipPipeline } from './flip.day';
import { FlipPlatform, predictionBodies, REFERENCE_DAY, textAt } from './flip.platform';
import { type Sample, type Slope, slopeOf, stretches } from './memory.slope';
import { type ClientSummary, PredictionClient } from './prediction.client';

export interface SoakOptions {
  readonly minutes: number;
  readonly rows: number;
  readonly dayEverySeconds: number;
  readonly perSecond: number;
  readonly environment: NodeJS.ProcessEnv;
  readonly onProgress: (line: string) => void;
}

export interface ServiceMemory {
  readonly service: string;
  readonly rssFirstMiB: number;
  readonly rssLastMiB: number;
  readonly rssMaxMiB: number;
  /** MiB an hour after the warm-up, of the resident memory and of the heap, each after a collection. */
  readonly rss: Slope;
  readonly heap: Slope | null;
}

export interface SoakResult {
  readonly minutes: number;
  readonly warmUpMinutes: number;
  readonly days: number;
  readonly outcomes: Readonly<Record<string, number>>;
  readonly predictions: ClientSummary;
  readonly services: readonly ServiceMemory[];
}

const name = 'flip';
const SAMPLE_MS = 5_000;
const STRETCH_SECONDS = 20;
/** From the signal to collect until the sample. */
const COLLECTION_MS = 1_000;
const preload = join(__dirname, 'collection.child.js');
/** Caches fill, code is compiled, pools grow. */
const WARM_UP_SHARE = 1 / 3;
const MIB = 2 ** 20;

interface Track {
  service: string;
  pid: number;
  url: string | undefined;
  rss: Sample[];
  heap: Sample[];
}

async function sample(track: Track, at: number): Promise<void> {
  const resident = /^VmRSS:\s+(\d+) kB/m.exec(readFileSync(`/proc/${track.pid}/status`, 'utf8'));
  track.rss.push({ at, value: Number(resident?.[1] ?? 0) / 1024 });
  if (track.url === undefined) return;
  const metrics = await textAt(`${track.url}/metrics`).catch(() => '');
  const used = /^nodejs_heap_size_used_bytes\S* (\S+)$/m.exec(metrics);
  if (used) track.heap.push({ at, value: Number(used[1]) / MIB });
}

/** Every fourth day's labels are turned round: one cycle in four trains, the others keep the model. */
const flippedOn = (index: number): boolean => Math.floor(index / 4) % 2 === 1;

/** Days keep coming and predictions keep being answered; what each service's memory does meanwhile. */
export async function soak(options: SoakOptions): Promise<SoakResult> {
  const { minutes, rows, dayEverySeconds, perSecond, environment, onProgress } = options;
  const collecting = { ...environment, NODE_OPTIONS: `${environment.NODE_OPTIONS ?? ''} --require ${preload}`.trim() };
  const flip = await FlipPlatform.start({ [name]: flipPipeline({ name, referenceDay: REFERENCE_DAY }) }, collecting);
  let client: PredictionClient | undefined;
  try {
    await flip.day(name, { day: REFERENCE_DAY, rows, flipped: false });
    await flip.rolledOut(name, REFERENCE_DAY);
    const url = `${flip.urlOf('inference')}/predict`;
    client = PredictionClient.start({ url, bodies: predictionBodies(name, 500), perSecond });
    const tracks = (await flip.platform.processes()).map(({ name: service, pid, url }): Track => {
      return { service, pid, url, rss: [], heap: [] };
    });
    const startedAt = performance.now();
    const elapsed = () => (performance.now() - startedAt) / 1_000;
    let days = 0;
    while (elapsed() < minutes * 60) {
      if (elapsed() >= days * dayEverySeconds) {
        days += 1;
        await flip.day(name, { day: dayAfter(REFERENCE_DAY, days), rows, flipped: flippedOn(days) });
        if (days % 5 === 0) onProgress(`${Math.round(elapsed() / 60)} min, ${days} days`);
      }
      for (const { pid, url } of tracks) if (url !== undefined) process.kill(pid, 'SIGUSR2');
      await new Promise((resolve) => setTimeout(resolve, COLLECTION_MS));
      await Promise.all(tracks.map((track) => sample(track, elapsed())));
      await new Promise((resolve) => setTimeout(resolve, SAMPLE_MS));
    }
    const predictions = await client.take();
    client.stop();
    await flip.ended(name, dayAfter(REFERENCE_DAY, days));
    const outcomes: Record<string, number> = {};
    for (const { name: event } of flip.log.events) outcomes[event] = (outcomes[event] ?? 0) + 1;
    const from = minutes * 60 * WARM_UP_SHARE;
    const services = tracks.map((track) => memoryOf(track, from));
    return { minutes, warmUpMinutes: minutes * WARM_UP_SHARE, days, outcomes, predictions, services };
  } finally {
    client?.stop();
    await flip.stop();
  }
}

const rounded = (value: number): number => Math.round(value * 10) / 10;
const roundedSlope = ({ perHour, low, high }: Slope): Slope => {
  return { perHour: rounded(perHour), low: rounded(low), high: rounded(high) };
};

function memoryOf({ service, rss, heap }: Track, from: number): ServiceMemory {
  const warm = (samples: readonly Sample[]) => samples.filter(({ at }) => at >= from);
  const values = rss.map(({ value }) => value);
  const floor = (all: readonly number[]) => Math.min(...all);
  return {
    service,
    rssFirstMiB: rounded(values[0] ?? 0),
    rssLastMiB: rounded(values.at(-1) ?? 0),
    rssMaxMiB: rounded(Math.max(...values)),
    rss: roundedSlope(slopeOf(stretches(warm(rss), STRETCH_SECONDS))),
    heap: heap.length === 0 ? null : roundedSlope(slopeOf(stretches(warm(heap), STRETCH_SECONDS, floor))),
  };
}
