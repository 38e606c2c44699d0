import { doing } from '../../scenario/momentous';
import { playStory } from '../../scenario/scenario';
import { describeMoment, type Moment, momentsOf } from '../../story/moment';
import type { StoryName } from '../../story/story';
import { type ChaosScenario, scenario } from '../chaos.scenario';
import type { StageDefinition } from '../stage.definition';
import { type OutageFindings, type OutagePlan, outageProblems, sharedOutage } from '../outage';
import { networkStage, outageStage } from '../stages';

interface OutagesPlan {
  readonly story: StoryName;
  /** Of the run whose moment comes first. */
  readonly at: Moment;
  readonly afterMs: number;
  readonly outages: readonly OutagePlan[];
}

interface Kind {
  readonly name: string;
  readonly describes: string;
  readonly weight: number;
  readonly stage: StageDefinition;
  readonly outages: readonly OutagePlan[];
}

const outageScenario = ({ name, describes, weight, stage, outages }: Kind): ChaosScenario =>
  scenario<OutagesPlan>({
    name,
    describes,
    weight,
    stage,
    company: 'kind',
    plan: (random) => {
      const story = random.pick(['brief', 'paged'] as const);
      return { story, at: random.pick(momentsOf(story)), afterMs: random.integer(0, 300), outages };
    },
    run: async ({ plan, stage: { platform }, stage: own, pipeline, log }) => {
      const since = performance.now();
      let found: OutageFindings | undefined;
      const deed = {
        at: plan.at,
        afterMs: plan.afterMs,
        name: 'the outage',
        act: async () => {
          log(`its moment: ${plan.afterMs} ms after ${describeMoment(plan.at)}`);
          found = await sharedOutage(platform, plan.outages, since, log);
        },
      };
      const { disturbance, problems } = doing([deed]);
      const evidence = await playStory(own, pipeline, disturbance, plan.story);
      const wrong = found ? outageProblems(found, await platform.services()) : [];
      return { evidence, story: plan.story, problems: [...problems(), ...wrong] };
    },
  });

const brokerAway: OutagePlan = { server: 'broker', fromMs: 0, forMs: 60_000 };
const databaseAway: OutagePlan = { server: 'database', fromMs: 0, forMs: 30_000 };

export const brokerOutage = outageScenario({
  name: 'broker-outage',
  describes: 'the broker is killed and stays away for a minute',
  weight: 2,
  stage: outageStage,
  outages: [brokerAway],
});

export const databaseOutage = outageScenario({
  name: 'database-outage',
  describes: 'the database is killed and stays away for half a minute',
  weight: 1,
  stage: networkStage,
  outages: [databaseAway],
});

export const fullOutage = outageScenario({
  name: 'full-outage',
  describes: 'the broker and the database are killed at once and stay away for 60 s and 30 s',
  weight: 1,
  stage: outageStage,
  outages: [brokerAway, databaseAway],
});
