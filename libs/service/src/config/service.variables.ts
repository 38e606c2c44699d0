import { kafkaEnvironmentSchema } from '@perennial/messaging-kafka';
import { mongoEnvironmentSchema } from '@perennial/messaging-mongo';
import { objectStoreConfig } from '@perennial/object-store';
import { z } from 'zod';
import { accessConfigSchema } from '../access/access.config';
import type { ServiceDefinition } from '../service-definition';
import { baseConfigSchema } from './base.config';

const everyService = [
  baseConfigSchema,
  accessConfigSchema,
  kafkaEnvironmentSchema,
  mongoEnvironmentSchema,
  objectStoreConfig,
];

/** Names of the environment variables that a schema reads, whatever it is wrapped in. */
function namesOf(schema: z.core.$ZodType): string[] {
  if (schema instanceof z.ZodObject) return Object.keys(schema.shape);
  if (schema instanceof z.ZodPipe) return [...namesOf(schema.in), ...namesOf(schema.out)];
  if (schema instanceof z.ZodUnion) return schema.options.flatMap(namesOf);
  return [];
}

export interface ServiceVariables {
  /** Read by every service. */
  shared: ReadonlySet<string>;
  /** Of the service's own configuration. */
  own: ReadonlySet<string>;
}

/** The environment variables that a service reads: what a deployment may set. */
export const variablesOf = ({ configSchema }: Pick<ServiceDefinition, 'configSchema'>): ServiceVariables => ({
  shared: new Set(everyService.flatMap(namesOf)),
  own: new Set(namesOf(configSchema)),
});
