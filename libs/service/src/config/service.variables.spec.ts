import { z } from 'zod';
import { variablesOf } from './service.variables';

describe('variablesOf', () => {
  it('finds the variables of every library that all services share', () => {
    const { shared } = variablesOf({ configSchema: z.object({}) });
    const some = ['PORT', 'KAFKA_SASL_MECHANISM', 'MONGO_URL', 'OBJECT_STORE', 'S3_ENDPOINT', 'OBJECT_SPOOL_DIRECTORY'];
    expect(some.filter((name) => !shared.has(name))).toEqual([]);
  });

  it('looks through refinements and transformations', () => {
    const configSchema = z
      .object({ A_MS: z.string() })
      .refine(() => true)
      .transform((value) => value);
    expect([...variablesOf({ configSchema }).own]).toEqual(['A_MS']);
  });
});
