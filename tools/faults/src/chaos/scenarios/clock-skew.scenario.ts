import type { HistoryEvent } from '../../evidence/history.event';
import { playStory } from '../../scenario/scenario';
import { type ChaosRun, scenario } from '../chaos.scenario';
import { restartWith, writerOf } from './adverse.restart';
import { adverseStage } from './adverse.stage';

const hourMs = 3_600_000;
/** Those whose clocks are compared with each other's, or with deadlines. */
const others = ['ingestion', 'preprocessing', 'feature-store', 'evaluator', 'trainer', 'registry', 'alerting'] as const;

interface ClockPlan {
  /** Milliseconds by which the clock of a service is ahead. */
  readonly offsets: Readonly<Record<string, number>>;
}

/** Events must bear the wrong time of who wrote them: otherwise nothing was tested. */
function skewProblems(
  { plan: { offsets } }: ChaosRun<ClockPlan>,
  events: readonly HistoryEvent[],
  startedAt: number,
): string[] {
  const toleranceMs = hourMs / 4;
  return events.flatMap(({ type, time }) => {
    const writer = writerOf(type);
    if (writer === undefined) return [];
    const offset = Date.parse(time) - startedAt;
    const expected = offsets[writer] ?? 0;
    if (Math.abs(offset - expected) < toleranceMs) return [];
    return [`${type} of ${writer} is from ${time}: expected a clock that is off by ${expected} ms`];
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
      const evidence = await playStory(stage, pipeline, {}, 'brief');
      return { evidence, story: 'brief', problems: skewProblems(run, evidence.events, startedAt) };
    } finally {
      await restartWith(stage.platform, { clockOffsets: {} }, skewed);
    }
  },
});
