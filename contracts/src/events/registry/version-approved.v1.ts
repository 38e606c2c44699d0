import { z } from 'zod';
import { defineEvent } from '../../define';
import { topics } from '../../topics';
import { byPipeline, modelFields, versionFields, versionSubject } from './version-fields';

/** The version may serve. `approvedBy` is a person, or `policy:automatic`. */
export const versionApprovedV1 = defineEvent({
  subsystem: 'registry',
  name: 'version-approved',
  version: 1,
  title: 'Version approved',
  topic: topics.versions,
  schema: z.object({
    ...versionFields,
    ...modelFields,
    runId: z.string(),
    approvedBy: z.string(),
    comment: z.string().nullable(),
  }),
  key: byPipeline,
  subject: versionSubject,
});
