import { z } from 'zod';
import { defineEvent } from '../../define';
import { topics } from '../../topics';
import { fileReference, name, share } from '../fields';
import { byPipeline } from './version-fields';

/** A model that was trained elsewhere was checked and stored: it shall be judged like a candidate. */
export const modelSubmittedV1 = defineEvent({
  subsystem: 'registry',
  name: 'model-submitted',
  version: 1,
  title: 'Model submitted',
  topic: topics.versions,
  schema: z.object({
    submissionId: z.string().min(1).describe('pipeline/submission-…'),
    pipeline: name,
    submittedBy: z.string().min(1),
    /** The file as it came. */
    original: fileReference,
    /** What was made of it: raw columns to probability. */
    artifact: fileReference,
    decisionThreshold: share,
  }),
  key: byPipeline,
  subject: ({ submissionId }) => submissionId,
});
