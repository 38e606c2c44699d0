import { z } from 'zod';
import { day, name } from '../fields';

/** What every event of a cycle carries: one cycle per pipeline and day. */
export const cycleFields = {
  cycleId: z.string().min(1).describe('pipeline/day'),
  pipeline: name,
  day,
};

export const byCycle = (data: { cycleId: string }): string => data.cycleId;
