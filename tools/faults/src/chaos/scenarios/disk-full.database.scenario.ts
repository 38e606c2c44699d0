import { probeLiveness } from '../../platform/liveness.probe';
import { doing } from '../../scenario/momentous';
import { playStory } from '../../scenario/scenario';
import { describeMoment, type Moment, momentsOf } from '../../story/moment';
import { type ChaosRun, scenario } from '../chaos.scenario';
import { networkStage } from '../stages';
import { fillUp, limitFiles, tryWrite } from './disk-full.database';

interface DatabasePlan {
  readonly at: Moment;
  readonly afterMs: number;
  /** How long nobody notices. */
  readonly forMs: number;
}

/** No room, for a while; then somebody makes room and starts the database anew, which it needs after that. */
async function runFull({ stage, plan, log }: ChaosRun<DatabasePlan>): Promise<string[]> {
  const { platform } = stage;
  const { home, servers, addresses } = platform;
  log(`its moment: ${plan.afterMs} ms after ${describeMoment(plan.at)}`);
  const before = await platform.services();
  await limitFiles(home, 'full');
  const { error } = await fillUp(addresses.mongo);
  log(`the database has no room: ${error ?? 'but takes a write'}`);
  const liveness = await probeLiveness(before, { forMs: plan.forMs, pauseMs: 1_000 });
  await limitFiles(home, 'none');
  await servers.killDatabase();
  await servers.restartDatabase();
  const after = await tryWrite(addresses.mongo);
  log(`there is room, and the database is back: ${after.error ?? 'it takes a write'}`);
  return [
    ...(error === null ? ['the disk was not full: the writes succeeded'] : []),
    ...(after.error === null ? [] : [`the database takes no write: ${after.error}`]),
    ...liveness
      .filter(({ probes, failures }) => failures === probes)
      .map(({ service }) => `${service} never said that it lives while the database had no room`),
  ];
}

export const databaseFull = scenario<DatabasePlan>({
  name: 'database-full',
  describes: 'The disk of the database, and so of raw_data, runs full for a while',
  weight: 1,
  stage: networkStage,
  company: 'alone',
  plan: (random) => ({
    at: random.pick(momentsOf('brief')),
    afterMs: random.integer(0, 300),
    forMs: random.integer(10_000, 20_000),
  }),
  run: async (run) => {
    const problems: string[] = [];
    const act = async () => void problems.push(...(await runFull(run)));
    const deeds = doing([{ at: run.plan.at, afterMs: run.plan.afterMs, name: 'the full disk', act }]);
    const evidence = await playStory(run.stage, run.pipeline, deeds.disturbance, 'brief');
    return { evidence, story: 'brief', problems: [...deeds.problems(), ...problems] };
  },
});
