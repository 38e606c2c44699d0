import { z } from 'zod';
import { fileReference, name, share } from '../fields';

export const versionFields = {
  pipeline: name,
  version: z.string().regex(/^\d{8}_\d{6}(_\d+)?$/, 'UTC timestamp YYYYMMDD_HHMMSS, with _n on a collision'),
  cycleId: z.string(),
};

export const modelFields = { artifact: fileReference, checkpoint: fileReference.nullable(), decisionThreshold: share };

export const byPipeline = (data: { pipeline: string }): string => data.pipeline;
export const versionSubject = (data: { pipeline: string; version: string }): string =>
  `${data.pipeline}/${data.version}`;
