import { serviceNames } from '@perennial/contracts';
import type { HistoryEvent } from '../../evidence/history.event';
import { playStory } from '../../scenario/scenario';
import { stories } from '../../story/story';
import { scenario } from '../chaos.scenario';
import { restartWith, writerOf } from './adverse.restart';
import { adverseStage } from './adverse.stage';
import { newField } from './rolling-upgrade.contracts';

interface UpgradePlan {
  readonly change: 'new-version' | 'new-field';
  /** Who is ahead on the first day. On the second day it is the others: an upgrade taken back, another one made. */
  readonly ahead: readonly string[];
}

/** Every event says whether its writer was ahead. */
function writerProblems(events: readonly HistoryEvent[], day: string, ahead: readonly string[]): string[] {
  const ofDay = events.filter(({ data }) => {
    const { day: own, cycleId } = data as { day?: string; cycleId?: string | null };
    return own === day || (cycleId?.endsWith(`/${day}`) ?? false);
  });
  return ofDay.flatMap(({ type, data }) => {
    const writer = writerOf(type);
    if (writer === undefined) return [];
    const written = (data as Readonly<Record<string, unknown>>)[newField];
    const expected = ahead.includes(writer) ? writer : undefined;
    return written === expected ? [] : [`${type} of ${day}: ${newField} is ${String(written)}, expected ${expected}`];
  });
}

export const rollingUpgrade = scenario<UpgradePlan>({
  name: 'rolling-upgrade',
  describes: 'Half of the services speak the next version of every event, then the other half',
  weight: 1,
  stage: adverseStage,
  company: 'alone',
  plan: (random) => ({
    change: random.pick(['new-version', 'new-field'] as const),
    ahead: random.sample(serviceNames, random.integer(4, 5)),
  }),
  run: async ({ stage, pipeline, plan, log }) => {
    const { platform, history } = stage;
    const [firstDay, secondDay] = stories.brief.map(({ day }) => day) as [string, string];
    const late = serviceNames.filter((service) => !plan.ahead.includes(service));
    const upgrade = async (ahead: readonly string[], restarted: readonly string[]) => {
      const upgraded = Object.fromEntries(ahead.map((service) => [service, plan.change]));
      await restartWith(platform, { upgraded }, restarted);
    };
    await upgrade(plan.ahead, plan.ahead);
    log(`${plan.ahead.join(', ')} are ahead`);
    let turned: Promise<void> | undefined;
    const halfPushed = (day: string) => {
      // Not before the first day's last event is there: what is written then is of no version in particular.
      if (day === secondDay) (turned ??= upgrade(late, serviceNames)).catch((error) => log(String(error)));
    };
    try {
      const finished = async () => void (await turned);
      const evidence = await playStory(stage, pipeline, { halfPushed, finished }, 'brief');
      const problems = writerProblems(history.eventsOf(pipeline), firstDay, plan.ahead);
      const ahead = evidence.events.filter(({ data }) => newField in (data as object));
      log(`${ahead.length} of ${evidence.events.length} events were of the next version`);
      if (ahead.length === 0 || ahead.length === evidence.events.length) {
        problems.push(`${ahead.length} of ${evidence.events.length} events are of the next version: not half of them`);
      }
      return { evidence, story: 'brief', problems };
    } finally {
      await upgrade([], late);
    }
  },
});
