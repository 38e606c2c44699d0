import { versionApprovedV1, versionRegisteredV1 } from '@perennial/contracts';
import { alterData, alterDocument, dropDocument, type Mutation, tellAgain, typed, toldAgain } from './mutation';

export const versionMutations: readonly Mutation[] = [
  {
    name: 'a version is registered twice',
    breaks: [...toldAgain, 'versions-registered-once'],
    apply: tellAgain(typed(versionRegisteredV1)),
  },
  {
    name: 'a version is missing in the registry',
    breaks: ['versions-registered-once'],
    apply: dropDocument(/^model_metadata$/, ({ content }) => (content as { state: string }).state === 'archived'),
  },
  {
    name: 'a version was made from another artifact',
    breaks: ['lineage-complete'],
    apply: alterData(typed(versionRegisteredV1), () => ({ artifact: { digest: 'sha256:other' } })),
  },
  {
    name: 'a version is approved twice',
    breaks: [...toldAgain, 'approvals-have-evidence', 'offsets-behind-effects'],
    apply: tellAgain(typed(versionApprovedV1), (event) => ({ ...event, offset: -1 })),
  },
  {
    name: 'an approval rests on nothing',
    breaks: ['approvals-have-evidence'],
    apply: alterDocument(
      /^model_metadata$/,
      () => true,
      () => ({ history: [{ state: 'approved', by: 'a', evidence: null }] }),
    ),
  },
];
