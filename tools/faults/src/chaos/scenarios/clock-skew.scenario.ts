import type { HistoryEvent } from '../../evidence/history.event';
import { playStory } from '../../scenario/scenario';
import { type ChaosRun, scenario } from '../chaos.scenario';
import { restartWith, writerOf } from './adverse.restart';
import { adverseStage } from './adverse.stage';
import { startOf } from './process.start';

const hourMs = 3_600_000;
/** Those whose clocks are compared with each other's, or with deadlines. */
const others = ['ingestion', 'preprocessing', 'feature-store', 'evaluator', 'trainer', 'registry', 'alerting'] as const;

interface ClockPlan {
  /** Milliseconds by which the clock of a service is ahead. */
  readonly offsets: Readonly<Record<string, number>>;
}

const toleranceMs = hourMs / 4;

/** A clock that was not set wrong has tested nothing. */
async function clockProblems({ stage, plan: { offsets } }: ChaosRun<ClockPlan>): Promise<string[]> {
  const services = await stage.platform.services();
  const problems = services.map(async ({ service, url }) => {
    const expected = offsets[service] ?? 0;
    const offset = (await startOf(url)) - Date.now();
    // A process has been there for some time, never for a quarter of an hour.
    return Math.abs(offset - expected) < toleranceMs ? [] : [`${service}: its clock should be off by ${expected} ms`];
  });
  return (await Promise.all(problems)).flat();
}

/** What events tell of time is the database's, whatever clock their writer has. */
function timeProblems(events: readonly HistoryEvent[], startedAt: number): string[] {
  return events.flatMap(({ type, time }) => {
    const writer = writerOf(type);
    if (writer === undefined || Math.abs(Date.parse(time) - startedAt) < toleranceMs) return [];
    return [`${type} of ${writer} is from ${time}: expected the time of the database`];
  });
}

export const clockSkew = scenario<ClockPlan>({
  name: 'clock-skew',
  describes: 'Clocks of services differ by an hour or two',
  weight: 1,
  stage: adverseStage,
  company: 'alone',
  plan: (random) => {
    const [ahead, behind] = random.sample([1, -1], 2) as [number, number];
    const [first, second] = random.sample(others, 2) as [string, string];
    // A deployer and the replicas that it waits for never agree on the time.
    const offsets = { deployer: ahead * hourMs, inference: behind * hourMs, [first]: hourMs, [second]: -hourMs };
    return { offsets };
  },
  run: async (run) => {
    const { stage, pipeline, plan } = run;
    const skewed = Object.keys(plan.offsets);
    await restartWith(stage.platform, { clockOffsets: plan.offsets }, skewed);
    run.log(`${skewed.join(', ')} are back with other clocks`);
    const startedAt = Date.now();
    try {
      const wrongClocks = await clockProblems(run);
      const evidence = await playStory(stage, pipeline, {}, 'brief');
      return { evidence, story: 'brief', problems: [...wrongClocks, ...timeProblems(evidence.events, startedAt)] };
    } finally {
      await restartWith(stage.platform, { clockOffsets: {} }, skewed);
    }
  },
});
