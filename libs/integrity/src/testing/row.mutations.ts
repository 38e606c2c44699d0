import type { DayRows } from '../history/row.account';
import { type Mutation } from './mutation';

const one = { count: 1, examples: ['a'] };

const rowMutation = (name: string, change: Partial<DayRows>): Mutation => ({
  name,
  breaks: ['accepted-rows-stored-once'],
  apply: (history, pick) => {
    const target = pick(history.rows?.length ?? 0);
    return {
      ...history,
      rows: (history.rows ?? []).map((rows, index) => (index === target ? { ...rows, ...change } : rows)),
    };
  },
});

export const rowMutations: readonly Mutation[] = [
  rowMutation('a row is lost', { lost: one }),
  rowMutation('a row is stored twice', { repeated: one }),
  rowMutation('a row is stored that nobody pushed', { foreign: one }),
  rowMutation('a file holds fewer rows than announced', { miscounted: one }),
  {
    name: 'a row in quarantine has no reason',
    breaks: ['quarantined-rows-have-reasons'],
    apply: (history) => ({ ...history, quarantine: { records: 3, unexplained: one } }),
  },
  {
    name: 'a file has other bytes than announced',
    breaks: ['files-match-their-digests'],
    apply: (history) => ({ ...history, files: [...(history.files ?? []), { pipeline: 'p', read: 3, damaged: one }] }),
  },
  {
    name: 'a row lies in the wrong part of its day',
    breaks: ['verdict-on-held-out-rows'],
    apply: (history, pick) => {
      const target = pick(history.splits?.length ?? 0);
      const splits = (history.splits ?? []).map((split, at) => (at === target ? { ...split, misplaced: one } : split));
      return { ...history, splits };
    },
  },
];
