import { z } from 'zod';
import { defineEvent } from '../../define';
import { topics } from '../../topics';
import { bySubmission, submissionFields, submissionJudgement } from './submission-fields';

/** A submitted model becomes no version: it did not pass, is not better than what serves, or could not be judged. */
export const submissionRefusedV1 = defineEvent({
  subsystem: 'evaluation',
  name: 'submission-refused',
  version: 1,
  title: 'Submission refused',
  topic: topics.cycles,
  schema: z.object({
    ...submissionFields,
    reason: z.enum(['insufficient-data', 'not-judgeable', 'not-passed', 'not-better']),
    detail: z.string(),
    /** Null where nothing was judged. */
    judgement: z.object(submissionJudgement).nullable(),
  }),
  key: bySubmission,
});
