import { type FuzzTarget, Violation } from './fuzz.target';

/** Resident memory that no decoder of inputs so small has a use for. */
const MOST_BYTES = 1.5 * 2 ** 30;
/** Far beyond what a busy machine takes for an input of 64 KiB. */
const MOST_CPU_MS = 5_000;

const prototypes = [Object.prototype, Array.prototype, Function.prototype, String.prototype] as const;
const keysOf = () => prototypes.map((prototype) => Reflect.ownKeys(prototype).length).join();
const untouched = keysOf();

/** The target's check, and that it left the prototypes alone and took bounded time and memory. */
export async function guardedCheck(target: FuzzTarget, input: Uint8Array): Promise<'accepted' | 'refused'> {
  const before = process.cpuUsage();
  const outcome = await target.check(input);
  const { user, system } = process.cpuUsage(before);
  if (keysOf() !== untouched) throw new Violation('a prototype was changed');
  const cpuMs = (user + system) / 1_000;
  if (cpuMs > MOST_CPU_MS) throw new Violation(`took ${Math.round(cpuMs)} ms of CPU time`);
  const { rss } = process.memoryUsage();
  if (rss > MOST_BYTES) throw new Violation(`the process grew to ${Math.round(rss / 2 ** 20)} MiB`);
  return outcome;
}

/** What tells one defect from another. */
export const defectOf = (error: unknown): string =>
  error instanceof Error ? `${error.name}: ${error.message.slice(0, 60).replace(/\d+/g, 'N')}` : String(error);
