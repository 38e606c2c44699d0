import { z } from 'zod';
import { parseRequest } from './parse.request';
import { ServiceError } from './service-error';

const schema = z.strictObject({ by: z.string().min(1), arms: z.array(z.object({ weight: z.number().max(100) })) });

function refusal(input: unknown): ServiceError {
  try {
    parseRequest(schema, input);
  } catch (error) {
    return error as ServiceError;
  }
  throw new Error('it was taken');
}

it('gives what the schema makes of it', () => {
  expect(parseRequest(schema, { by: 'ana', arms: [] })).toEqual({ by: 'ana', arms: [] });
  expect(parseRequest(z.object({ limit: z.coerce.number().default(7) }), undefined)).toEqual({ limit: 7 });
});

it('names every wrong field, its value and its rule', () => {
  const error = refusal({ arms: [{ weight: 101 }] });
  expect(error).toMatchObject({ code: 'INVALID_REQUEST', status: 400 });
  expect(error.message).toMatch(/^by is missing: .+; arms\.0\.weight is 101: .+/);
  expect(error.details).toMatchObject({
    ...{ field: 'by', value: null },
    problems: [{ field: 'by' }, { field: 'arms.0.weight', value: 101 }],
  });
});

it('shows no more of a value than helps', () => {
  expect(refusal({ by: 'ana', arms: 'x'.repeat(1_000) }).message.length).toBeLessThan(250);
  expect(refusal(7).message).toMatch(/^body is 7: /);
});
