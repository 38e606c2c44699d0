import { Redelivery } from '../../platform/redelivery';
import { playStory } from '../../scenario/scenario';
import type { StoryName } from '../../story/story';
import { scenario } from '../chaos.scenario';
import { sharedStage } from '../stages';

const limitMs = 120_000;

export const repeated = scenario<{ readonly story: StoryName }>({
  name: 'repeated',
  describes: 'every message is delivered again at once, and all of them once more in the end',
  weight: 1,
  stage: sharedStage,
  company: 'shared',
  plan: (random) => ({ story: random.pick(['brief', 'paged'] as const) }),
  run: async ({ plan: { story }, stage, pipeline, log }) => {
    const { history, kafka } = stage;
    const redelivery = await Redelivery.start(kafka, pipeline);
    try {
      const finished = async () => {
        const told = history.eventsOf(pipeline);
        const cameOften = (times: number) => () => told.every((event) => history.deliveriesOf(event) >= times);
        await history.until(pipeline, 'the second delivery of all', cameOften(2), limitMs);
        await redelivery.repeatAll();
        await history.until(pipeline, 'the third delivery of all', cameOften(3), limitMs);
        log(`${told.length} messages were delivered three times`);
      };
      return { evidence: await playStory(stage, pipeline, { finished }, story), story, problems: [] };
    } finally {
      await redelivery.stop();
    }
  },
});
