import { z } from 'zod';
import { name } from '../fields';

export const alertFields = {
  alertId: z.string().min(1),
  pipeline: name,
  /** Incident key: the cycle that opened the incident. Sinks de-duplicate by it. */
  dedupKey: z.string().min(1).max(255),
};

export const byPipeline = (data: { pipeline: string }): string => data.pipeline;
export const alertSubject = (data: { alertId: string }): string => data.alertId;
