import { excerpt } from '@perennial/integrity';
import { outcomeOf } from '../evidence/outcome';
import { violationsOf } from '../invariants/invariants';
import { expectedOutcome } from '../story/expected.outcome';
import type { ChaosResult } from './chaos.scenario';

/** One problem per line group: what is wrong, and the history around it. Empty: the run is as it must be. */
export function problemsOf({ evidence, story, problems, exceptions = [] }: ChaosResult): string[] {
  const violations = violationsOf(evidence)
    .filter(({ rule }) => !exceptions.includes(rule))
    .map(({ rule, message, events }) => `${rule}: ${message}\n${excerpt(evidence.events, events)}`);
  return [...problems, ...violations, ...(story ? outcomeProblems(evidence, story) : [])];
}

function outcomeProblems(evidence: ChaosResult['evidence'], story: NonNullable<ChaosResult['story']>): string[] {
  const [expected, found] = [JSON.stringify(expectedOutcome(story)), JSON.stringify(outcomeOf(evidence))];
  if (expected === found) return [];
  const history = excerpt(evidence.events, []);
  return [`the outcome is not that of the undisturbed story\n  expected ${expected}\n  found    ${found}\n${history}`];
}
