import { z } from 'zod';
import { defineEvent } from '../../define';
import { topics } from '../../topics';
import { byPipeline, versionFields, versionSubject } from './version-fields';

export const approvalRequestedV1 = defineEvent({
  subsystem: 'registry',
  name: 'approval-requested',
  version: 1,
  title: 'Approval requested',
  topic: topics.versions,
  schema: z.object({ ...versionFields, approvers: z.array(z.string()).min(1) }),
  key: byPipeline,
  subject: versionSubject,
});
