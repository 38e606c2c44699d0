import { createHash } from 'node:crypto';

/** 32 bits from the cycle id: every model of a cycle is scored on the same resamples. */
export const bootstrapSeed = (cycleId: string): number => createHash('sha256').update(cycleId).digest().readUInt32BE(0);
