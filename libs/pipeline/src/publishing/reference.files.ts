import { z } from 'zod';
import type { JSONSchema } from 'zod/v4/core';
import { pipelineSchema } from '../pipeline.schema';
import { descriptionOf } from './field.descriptions';
import { referencePage } from './reference.page';
import { schemaFields } from './schema.fields';

/** Path within the repository → text, as it is to be committed. */
export function referenceFiles(): Map<string, string> {
  const schema = publishedSchema();
  return new Map([
    ['docs/pipeline.md', referencePage(schemaFields(schema))],
    ['libs/pipeline/published/pipeline.schema.json', `${JSON.stringify(schema, null, 2)}\n`],
  ]);
}

/** JSON Schema 2020-12 of a pipeline as people write it; rules between fields are not in it. */
export function publishedSchema(): JSONSchema.BaseSchema {
  const schema = z.toJSONSchema(pipelineSchema, { io: 'input' }) as JSONSchema.BaseSchema;
  for (const field of schemaFields(schema)) {
    const description = descriptionOf(field.path);
    if (description !== null) field.schema.description = description;
  }
  return { title: 'pipeline.yaml', ...schema };
}
