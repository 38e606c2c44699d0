import { describeMoment, halfPushed, isAt, type Moment } from '../story/moment';
import type { Disturbance } from './scenario';

/** Something to do when the story comes to a moment. */
export interface Deed {
  readonly at: Moment;
  readonly afterMs: number;
  /** For the log and for problems: `kill trainer`. */
  readonly name: string;
  act(): Promise<void>;
}

export interface Deeds {
  readonly disturbance: Disturbance;
  /** What was not done although the story is over, or could not be done. */
  problems(): string[];
}

/** Does each deed once, when its moment comes first; the story's end waits for them. */
export function doing(deeds: readonly Deed[]): Deeds {
  const waiting = new Set(deeds);
  const underWay: Promise<void>[] = [];
  const failures: string[] = [];
  const start = (deed: Deed): void => {
    waiting.delete(deed);
    const done = new Promise((resolve) => setTimeout(resolve, deed.afterMs)).then(() => deed.act());
    underWay.push(done.catch((error: Error) => void failures.push(`${deed.name}: ${error.message}`)));
  };
  const startAll = (isNow: (moment: Moment) => boolean) => [...waiting].filter(({ at }) => isNow(at)).forEach(start);
  return {
    disturbance: {
      onEvent: (event) => startAll((at) => isAt(at, event)),
      halfPushed: (day) => startAll((at) => at.type === halfPushed && at.day === day),
      finished: async () => void (await Promise.all(underWay)),
    },
    problems: () => [
      ...failures,
      ...[...waiting].map(({ name, at }) => `${name} was not done: ${describeMoment(at)} did not come`),
    ],
  };
}
