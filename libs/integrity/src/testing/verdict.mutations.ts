import { modelJudgedV1, runStartedV1 } from '@perennial/contracts';
import { alterData, type Mutation, typed } from './mutation';

export const verdictMutations: readonly Mutation[] = [
  {
    name: 'all models of a cycle are judged on fewer rows',
    breaks: ['verdict-on-held-out-rows'],
    apply: alterData(
      typed(modelJudgedV1, ({ cycleId }) => cycleId === 'p/2026-03-03'),
      () => ({ holdoutRows: 1 }),
    ),
  },
  {
    name: 'a candidate is judged on other rows than the incumbent',
    breaks: ['verdict-on-held-out-rows', 'same-holdout-for-all'],
    apply: alterData(
      typed(modelJudgedV1, ({ role, cycleId }) => role === 'candidate' && cycleId === 'p/2026-03-05'),
      () => ({
        holdoutRows: 1000,
      }),
    ),
  },
  {
    name: 'a candidate is trained on held-out rows',
    breaks: ['verdict-on-held-out-rows'],
    apply: alterData(typed(runStartedV1), ({ trainRows }: { trainRows: number }) => ({ trainRows: trainRows + 1 })),
  },
  {
    name: 'a model is kept though it failed',
    breaks: ['decisions-follow-verdicts'],
    apply: alterData(
      typed(modelJudgedV1, ({ cycleId, verdict }) => cycleId === 'p/2026-03-03' && verdict.passed),
      () => ({
        verdict: { passed: false },
      }),
    ),
  },
  {
    name: 'another model is promoted than was judged',
    breaks: ['decisions-follow-verdicts'],
    apply: alterData(
      typed(modelJudgedV1, ({ verdict, role }) => role === 'candidate' && verdict.passed),
      () => ({
        model: { artifact: { digest: 'sha256:other' } },
      }),
    ),
  },
];
