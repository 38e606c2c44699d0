import { serviceNames } from '@perennial/contracts';
import { describeMoment, type Moment, momentsOf } from '../../story/moment';
import type { StoryName } from '../../story/story';
import { doing } from '../../scenario/momentous';
import { playStory } from '../../scenario/scenario';
import { scenario } from '../chaos.scenario';
import { sharedStage } from '../stages';

interface KillsPlan {
  readonly story: StoryName;
  readonly kills: readonly { readonly service: string; readonly at: Moment; readonly afterMs: number }[];
}

const killsPerRun = 4;

export const kills = scenario<KillsPlan>({
  name: 'kills',
  describes: 'four services are killed, each at a moment of its own',
  weight: 5,
  stage: sharedStage,
  company: 'shared',
  plan: (random) => {
    const story = random.pick(['brief', 'paged'] as const);
    const moments = momentsOf(story);
    const chosen = random.sample(serviceNames, killsPerRun);
    return {
      story,
      kills: chosen.map((service) => ({ service, at: random.pick(moments), afterMs: random.integer(0, 400) })),
    };
  },
  run: async ({ plan, stage, pipeline, log }) => {
    const { disturbance, problems } = doing(
      plan.kills.map(({ service, at, afterMs }) => ({
        at,
        afterMs,
        name: `kill ${service}`,
        act: async () => {
          const pid = await stage.platform.kill(service);
          log(`killed ${service} (process ${pid}), ${afterMs} ms after ${describeMoment(at)}`);
        },
      })),
    );
    const evidence = await playStory(stage, pipeline, disturbance, plan.story);
    return { evidence, story: plan.story, problems: problems() };
  },
});
