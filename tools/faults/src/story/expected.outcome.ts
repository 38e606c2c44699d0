import type { Outcome } from '../evidence/outcome';
import { recordsOf, stories, type StoryName, type StoryDay } from './story';

/** What the pipeline allows; a day that is promoted is so by its first attempt. */
const attemptsOf = { kept: 0, promoted: 1, exhausted: 3 } as const;

/** What comes out of a story when nothing happens to it; the undisturbed run proves it. */
export function expectedOutcome(name: StoryName): Outcome {
  const days: readonly StoryDay[] = stories[name];
  const daysOf = (verdict: StoryDay['verdict']) =>
    days.filter((each) => each.verdict === verdict).map(({ day }) => day);
  const promoted = daysOf('promoted');
  return {
    days: days.map((each) => {
      const { records, accepted } = recordsOf(each);
      const quarantined = new Set(records.map((record) => JSON.stringify(record))).size - accepted.length;
      return {
        day: each.day,
        verdicts: [each.verdict],
        cycles: 1,
        attempts: attemptsOf[each.verdict],
        accepted: accepted.length,
        quarantined,
      };
    }),
    versionsOfDays: promoted,
    servingOfDays: promoted.slice(-1),
    incidents: daysOf('exhausted').map((day) => ({ day, pages: 1, resolved: true })),
  };
}
