import { z } from 'zod';

/** Nothing beyond what every service reads. */
export const preprocessingConfigSchema = z.object({});

export type PreprocessingConfig = z.output<typeof preprocessingConfigSchema>;
