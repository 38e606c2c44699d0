import { z } from 'zod';
import { defineEvent } from '../../define';
import { topics } from '../../topics';
import { fileReference, share } from '../fields';
import { bySubmission, submissionFields, submissionJudgement } from './submission-fields';

/** A submitted model passed on the holdout rows and is better than what serves: the registry makes it a version. */
export const submissionAcceptedV1 = defineEvent({
  subsystem: 'evaluation',
  name: 'submission-accepted',
  version: 1,
  title: 'Submission accepted',
  topic: topics.cycles,
  schema: z.object({
    ...submissionFields,
    ...submissionJudgement,
    artifact: fileReference,
    decisionThreshold: share,
    /** What it was judged on; what it was trained on is not known. */
    data: z.object({
      view: z.string(),
      viewVersion: z.int(),
      batches: z.array(z.string()),
      raw: z.array(fileReference),
    }),
  }),
  key: bySubmission,
});
