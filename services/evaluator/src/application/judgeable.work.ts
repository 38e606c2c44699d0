import type { CycleStore, SubmissionStore } from './cycle.stores';
import type { JudgeModels } from './judge.models';
import type { JudgeSubmissions } from './judge.submissions';

/** Something that waits for verdicts. */
export interface JudgeableWork {
  /** Ids, the longest waiting first; without those named in `except`. */
  waiting(limit: number, except: readonly string[]): Promise<string[]>;
  /** Judges what still waits. Throws what may pass when tried again; `tries` counts from 1. */
  judge(id: string, tries: number, signal: AbortSignal): Promise<void>;
}

export const cyclesToJudge = (cycles: CycleStore, judging: JudgeModels): JudgeableWork => ({
  waiting: async (limit, except) => {
    const found = await cycles.inStatus(['judging', 'judging-candidate'], limit, except);
    return found.map(({ cycle }) => cycle.cycleId);
  },
  judge: async (id, tries, signal) => {
    const current = await cycles.find(id);
    if (current) await judging.run(current, tries, signal);
  },
});

export const submissionsToJudge = (submissions: SubmissionStore, judging: JudgeSubmissions): JudgeableWork => ({
  waiting: async (limit, except) => {
    const found = await submissions.judging(limit, except);
    return found.map(({ submission }) => submission.submissionId);
  },
  judge: async (id, tries, signal) => {
    const current = await submissions.find(id);
    if (current) await judging.run(current, tries, signal);
  },
});
