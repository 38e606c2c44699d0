import { platformLag } from '@perennial/cli';
import { silentLogger } from '@perennial/messaging';
import { assignerOf, createClient, installationsIn, type KafkaConfig } from '@perennial/messaging-kafka';
import { doing } from '../../scenario/momentous';
import { playStory } from '../../scenario/scenario';
import { describeMoment, type Moment, momentsOf } from '../../story/moment';
import type { StoryName } from '../../story/story';
import { scenario } from '../chaos.scenario';
import { networkStage } from '../stages';

interface StormPlan {
  readonly story: StoryName;
  readonly at: Moment;
  readonly forMs: number;
  /** Between a member's coming and its going. */
  readonly stayMs: number;
}

interface Visited {
  readonly group: string;
  readonly topics: readonly string[];
  /** Whose group it is: others are not let in. */
  readonly installation?: string;
}

/** A consumer that joins, takes partitions, handles nothing, commits nothing and leaves. */
async function comeAndGo(kafka: KafkaConfig, { group, topics, installation }: Visited, stayMs: number): Promise<void> {
  const partitionAssigners = installation === undefined ? undefined : [assignerOf(installation)];
  const options = { groupId: group, sessionTimeout: 6_000, partitionAssigners };
  const consumer = createClient(kafka, silentLogger).consumer(options);
  try {
    await consumer.connect();
    await consumer.subscribe({ topics: [...topics] });
    await consumer.run({ autoCommit: false, eachBatch: async () => {} });
    await new Promise((resolve) => setTimeout(resolve, stayMs));
  } finally {
    await consumer.disconnect();
  }
}

async function storm(kafka: KafkaConfig, { forMs, stayMs }: StormPlan, log: (line: string) => void): Promise<void> {
  const topicsOf = new Map<string, string[]>();
  for (const { group, topic } of await platformLag(kafka, '')) {
    topicsOf.set(group, [...(topicsOf.get(group) ?? []), topic]);
  }
  const owners = await installationsIn(kafka, [...topicsOf.keys()], silentLogger);
  const until = performance.now() + forMs;
  let visits = 0;
  const failures: string[] = [];
  const besiege = async ([group, topics]: [string, string[]]): Promise<void> => {
    const visited = { group, topics, installation: owners.get(group) };
    while (performance.now() < until) {
      // A visitor that was turned away by the storm itself is no finding.
      await comeAndGo(kafka, visited, stayMs).catch((error: Error) => void failures.push(error.message));
      visits += 1;
    }
  };
  await Promise.all([...topicsOf].map(besiege));
  log(`${visits} visits to ${topicsOf.size} groups, ${failures.length} of them cut short`);
  if (visits === failures.length) throw new Error(`no visitor came in: ${failures[0]}`);
}

export const rebalanceStorm = scenario<StormPlan>({
  name: 'storm',
  describes: 'consumers join and leave every group, one after the other, for twenty seconds',
  weight: 1,
  stage: networkStage,
  company: 'kind',
  plan: (random) => {
    const story = random.pick(['brief', 'paged'] as const);
    return { story, at: random.pick(momentsOf(story)), forMs: 20_000, stayMs: random.integer(300, 1_500) };
  },
  run: async ({ plan, stage, pipeline, log }) => {
    const deed = {
      at: plan.at,
      afterMs: 0,
      name: 'the storm',
      act: async () => {
        log(`begins at ${describeMoment(plan.at)}`);
        await storm(stage.kafka, plan, log);
      },
    };
    const { disturbance, problems } = doing([deed]);
    const evidence = await playStory(stage, pipeline, disturbance, plan.story);
    return { evidence, story: plan.story, problems: problems() };
  },
});
