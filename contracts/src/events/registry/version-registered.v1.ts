import { z } from 'zod';
import { defineEvent } from '../../define';
import { topics } from '../../topics';
import { byPipeline, modelFields, versionFields, versionSubject } from './version-fields';

export const versionRegisteredV1 = defineEvent({
  subsystem: 'registry',
  name: 'version-registered',
  version: 1,
  title: 'Version registered',
  topic: topics.versions,
  schema: z.object({ ...versionFields, ...modelFields, runId: z.string(), finetunedFrom: z.string().nullable() }),
  key: byPipeline,
  subject: versionSubject,
});
