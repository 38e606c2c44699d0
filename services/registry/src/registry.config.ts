import { z } from 'zod';

/** Nothing beyond what every service reads. */
export const registryConfigSchema = z.object({});

export type RegistryConfig = z.output<typeof registryConfigSchema>;
