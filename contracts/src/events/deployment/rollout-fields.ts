import { z } from 'zod';
import { name } from '../fields';

export const rolloutFields = {
  rolloutId: z.string().min(1),
  /** Grows by one with every rollout of the pipeline: the higher one wins. */
  sequence: z.int().min(1),
  pipeline: name,
  version: z.string(),
  cycleId: z.string().nullable(),
};

export const byPipeline = (data: { pipeline: string }): string => data.pipeline;
