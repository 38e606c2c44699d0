import { createHash } from 'node:crypto';

/** First 32 bits of SHA-256("seed/runId"): runs differ, and a run taken over gives the same model. */
export function runSeed(pipelineSeed: number, runId: string): number {
  return createHash('sha256').update(`${pipelineSeed}/${runId}`).digest().readUInt32BE(0);
}
