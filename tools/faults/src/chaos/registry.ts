import type { ChaosScenario } from './chaos.scenario';
import { clockSkew } from './scenarios/clock-skew.scenario';
import { control } from './scenarios/control.scenario';
import { databaseFull } from './scenarios/disk-full.database.scenario';
import { diskFull } from './scenarios/disk-full.scenario';
import { failpointDeaths } from './scenarios/failpoints.scenario';
import { kills } from './scenarios/kills.scenario';
import { network } from './scenarios/network.scenario';
import { brokerOutage, databaseOutage, fullOutage } from './scenarios/outages.scenario';
import { poison } from './scenarios/poison.scenario';
import { repeated } from './scenarios/repeated.scenario';
import { replayedWeek } from './scenarios/replayed-week.scenario';
import { rollingUpgrade } from './scenarios/rolling-upgrade.scenario';
import { sinks } from './scenarios/sinks.scenario';
import { rebalanceStorm } from './scenarios/storm.scenario';

/** Of 30 consecutive seeds each scenario gets its weight: every kind comes up in any 30 of them. */
export const scenarios: readonly ChaosScenario[] = [
  control,
  kills,
  failpointDeaths,
  repeated,
  brokerOutage,
  databaseOutage,
  fullOutage,
  network,
  rebalanceStorm,
  poison,
  replayedWeek,
  sinks,
  clockSkew,
  rollingUpgrade,
  diskFull,
  databaseFull,
];

/** The scenario of a seed: the weights lie on a wheel, which the seeds walk around. @throws RangeError */
export function scenarioOf(seed: number, from: readonly ChaosScenario[] = scenarios): ChaosScenario {
  if (!Number.isSafeInteger(seed) || seed < 0) throw new RangeError(`seed must be a whole number from 0, got ${seed}`);
  const wheel = wheelOf(from);
  return wheel[seed % wheel.length]!;
}

/** Scenarios as often as their weight, dealt out in turn: those of one kind do not follow each other. */
export function wheelOf(from: readonly ChaosScenario[]): ChaosScenario[] {
  const rounds = Math.max(0, ...from.map(({ weight }) => weight));
  return Array.from({ length: rounds }, (_, round) => from.filter(({ weight }) => weight > round)).flat();
}

/** @throws RangeError naming those there are */
export function scenarioNamed(name: string, from: readonly ChaosScenario[] = scenarios): ChaosScenario {
  const found = from.find((each) => each.name === name);
  if (!found) throw new RangeError(`no scenario "${name}"; there are ${from.map((each) => each.name).join(', ')}`);
  return found;
}
