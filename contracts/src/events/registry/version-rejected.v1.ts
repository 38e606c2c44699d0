import { z } from 'zod';
import { defineEvent } from '../../define';
import { topics } from '../../topics';
import { byPipeline, versionFields, versionSubject } from './version-fields';

export const versionRejectedV1 = defineEvent({
  subsystem: 'registry',
  name: 'version-rejected',
  version: 1,
  title: 'Version rejected',
  topic: topics.versions,
  schema: z.object({ ...versionFields, rejectedBy: z.string(), reason: z.string() }),
  key: byPipeline,
  subject: versionSubject,
});
