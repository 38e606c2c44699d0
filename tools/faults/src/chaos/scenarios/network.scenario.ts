import type { NetworkProxy } from '../../network/network.proxy';
import { fair, type Weather } from '../../network/weather';
import { doing } from '../../scenario/momentous';
import { playStory } from '../../scenario/scenario';
import type { Stage } from '../../scenario/stage';
import { describeMoment, type Moment, momentsOf } from '../../story/moment';
import type { StoryName } from '../../story/story';
import { scenario } from '../chaos.scenario';
import type { Server } from '../outage';
import type { Random } from '../random';
import { networkStage } from '../stages';

type Trouble =
  | { readonly kind: 'slow'; readonly weather: Weather; readonly forMs: number }
  | { readonly kind: 'half-open'; readonly share: number }
  | { readonly kind: 'resets'; readonly share: number; readonly times: number; readonly everyMs: number };

interface NetworkPlan {
  readonly story: StoryName;
  readonly at: Moment;
  readonly server: Server;
  readonly trouble: Trouble;
}

const share = (random: Random): number => random.integer(3, 10) / 10;

const troubles: readonly ((random: Random) => Trouble)[] = [
  (random) => ({
    kind: 'slow',
    weather: {
      latencyMs: random.integer(20, 100),
      jitterMs: random.integer(0, 100),
      bytesPerSecond: random.integer(100, 1_000) * 1_000,
    },
    forMs: random.integer(10, 25) * 1_000,
  }),
  (random) => ({ kind: 'half-open', share: share(random) }),
  (random) => ({
    kind: 'resets',
    share: share(random),
    times: random.integer(3, 8),
    everyMs: random.integer(500, 3_000),
  }),
];

const sleep = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

async function make(trouble: Trouble, proxy: NetworkProxy, log: (line: string) => void): Promise<void> {
  switch (trouble.kind) {
    case 'slow':
      proxy.weather = trouble.weather;
      await sleep(trouble.forMs);
      proxy.weather = fair;
      return log('the weather is fair again');
    case 'half-open':
      return log(`${proxy.freezeSome(trouble.share)} of ${proxy.connections} connections fell silent for good`);
    case 'resets':
      for (let time = 0; time < trouble.times; time += 1) {
        log(`${proxy.resetSome(trouble.share)} connections were reset`);
        await sleep(trouble.everyMs);
      }
  }
}

const proxyOf = ({ platform }: Stage, server: Server): NetworkProxy => platform.servers[server];

export const network = scenario<NetworkPlan>({
  name: 'network',
  describes: 'between the services and a server the network is slow, falls silent or resets connections',
  weight: 3,
  stage: networkStage,
  company: 'kind',
  plan: (random) => {
    const story = random.pick(['brief', 'paged'] as const);
    const server = random.pick(['broker', 'database'] as const);
    return { story, at: random.pick(momentsOf(story)), server, trouble: random.pick(troubles)(random) };
  },
  run: async ({ plan, stage, pipeline, log }) => {
    const { at, server, trouble, story } = plan;
    const deed = {
      at,
      afterMs: 0,
      name: trouble.kind,
      act: async () => {
        log(`${trouble.kind} towards the ${server}, from ${describeMoment(at)}`);
        await make(trouble, proxyOf(stage, server), log);
      },
    };
    const { disturbance, problems } = doing([deed]);
    const evidence = await playStory(stage, pipeline, disturbance, story);
    return { evidence, story, problems: problems() };
  },
});
