import { z } from 'zod';
import { count, name } from '../fields';

/** A training that a search asked for: a trial, and on which rung of halving. */
export const trialIdentity = {
  runId: z.string(),
  pipeline: name,
  cycleId: z.string(),
  attempt: z.int(),
  trial: z.int().min(1),
  rung: count,
};
