import { playStory } from '../../scenario/scenario';
import { scenario } from '../chaos.scenario';
import { networkStage } from '../stages';

/** What the others are compared with: the outcome of a story, as it is written down, is what comes out undisturbed. */
export const control = scenario({
  name: 'control',
  describes: 'nothing happens to the whole story',
  weight: 1,
  stage: networkStage,
  company: 'kind',
  plan: () => ({}),
  run: async ({ stage, pipeline }) => ({
    evidence: await playStory(stage, pipeline, {}, 'full'),
    story: 'full',
    problems: [],
  }),
});
