/** How a link treats what passes it, in each direction. */
export interface Weather {
  readonly latencyMs: number;
  /** Added to the latency, evenly from 0 to this; the order of bytes stays. */
  readonly jitterMs: number;
  /** Of each connection and direction; Infinity does not hold back. */
  readonly bytesPerSecond: number;
}

export const fair: Weather = { latencyMs: 0, jitterMs: 0, bytesPerSecond: Infinity };

export const isFair = ({ latencyMs, jitterMs, bytesPerSecond }: Weather): boolean =>
  latencyMs === 0 && jitterMs === 0 && bytesPerSecond === Infinity;

/** When the wire is free again, and when the chunk arrives; milliseconds of one clock. */
export interface Passage {
  readonly wireFreeAt: number;
  readonly arrivesAt: number;
}

/** One direction of a connection: chunks follow each other on the wire, and none overtakes the one before it. */
export function passageOf(
  { latencyMs, jitterMs, bytesPerSecond }: Weather,
  before: Passage,
  chunk: { readonly bytes: number; readonly now: number; readonly uniform: number },
): Passage {
  const wireFreeAt = Math.max(chunk.now, before.wireFreeAt) + (chunk.bytes / bytesPerSecond) * 1000;
  const arrivesAt = Math.max(before.arrivesAt, wireFreeAt + latencyMs + jitterMs * chunk.uniform);
  return { wireFreeAt, arrivesAt };
}
