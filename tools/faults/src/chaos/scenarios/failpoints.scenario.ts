import { type ServiceName, serviceNames } from '@perennial/contracts';
import { arm, disarm, hasFired } from '../../failpoints/arming';
import { type Failpoint, failpoints } from '../../failpoints/failpoint.catalogue';
import { doing } from '../../scenario/momentous';
import { playStory } from '../../scenario/scenario';
import { halfPushed } from '../../story/moment';
import { stories, type StoryDay, type StoryName } from '../../story/story';
import { scenario } from '../chaos.scenario';
import type { Random } from '../random';
import { sharedStage } from '../stages';

interface Death {
  readonly service: ServiceName;
  readonly failpoint: string;
  readonly hit: number;
  /** Armed when half of the day's records are out. */
  readonly day: string;
}

interface FailpointsPlan {
  readonly story: StoryName;
  readonly deaths: readonly Death[];
}

const deathsPerRun = 4;

const always: readonly ServiceName[] = ['ingestion', 'preprocessing', 'feature-store', 'evaluator'];
const busyAt: Readonly<Record<StoryDay['verdict'], readonly ServiceName[]>> = {
  promoted: [...always, 'trainer', 'registry', 'deployer'],
  exhausted: [...always, 'trainer', 'alerting'],
  kept: always,
};

export const placesOf = (service: ServiceName): Failpoint[] =>
  failpoints.filter(({ services }) => services.includes(service));

function deathOf(service: ServiceName, story: StoryName, random: Random): Death[] {
  const days = (stories[story] as readonly StoryDay[]).filter(({ verdict }) => busyAt[verdict].includes(service));
  if (days.length === 0) return [];
  const day = random.pick(days);
  // A second time surely comes where another such day follows.
  const hit = day === days.at(-1) ? 1 : random.integer(1, 2);
  return [{ service, failpoint: random.pick(placesOf(service)).name, hit, day: day.day }];
}

export const failpointDeaths = scenario<FailpointsPlan>({
  name: 'failpoints',
  describes: 'four services die between two awaits',
  weight: 5,
  stage: sharedStage,
  company: 'shared',
  plan: (random) => {
    const story = random.pick(['brief', 'paged'] as const);
    const deaths = random
      .sample(serviceNames, serviceNames.length)
      .flatMap((service) => deathOf(service, story, random));
    return { story, deaths: deaths.slice(0, deathsPerRun) };
  },
  run: async ({ plan: { story, deaths }, stage, pipeline, log }) => {
    const { home } = stage.platform;
    const armings = deaths.map((death) => ({ ...death, by: pipeline }));
    const { disturbance, problems } = doing(
      armings.map((arming) => ({
        at: { type: halfPushed, day: arming.day },
        afterMs: 0,
        name: `arm ${arming.failpoint} of ${arming.service}`,
        act: async () => {
          arm(home, arming);
          log(`armed ${arming.failpoint} of ${arming.service}, time ${arming.hit}`);
        },
      })),
    );
    const evidence = await playStory(stage, pipeline, disturbance, story);
    const spared = armings.filter((arming) => !hasFired(home, arming));
    spared.forEach((arming) => disarm(home, arming));
    const survived = spared.map(({ service, failpoint }) => `${service} never came by ${failpoint}`);
    return { evidence, story, problems: [...problems(), ...survived] };
  },
});
