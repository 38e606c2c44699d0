import { deadLetterTopic, type TopicContract } from '@perennial/contracts';
import { isUnresolved, type ListedDeadLetter } from '@perennial/messaging-kafka';
import { badInput } from '../command.error';

export interface DeadLetterFilter {
  topic?: string;
  group?: string;
  /** Also what was handled since, or failed again as a newer letter. */
  all?: boolean;
}

/** All contracts, or the one of that name (its dead-letter topic counts as well). @throws CommandError */
export function topicsNamed(contracts: readonly TopicContract[], name: string | undefined): TopicContract[] {
  if (name === undefined) return [...contracts];
  const found = contracts.filter((contract) => contract.name === name || deadLetterTopic(contract.name) === name);
  if (found.length > 0) return found;
  const hint = `it is one of ${contracts.map((contract) => contract.name).join(', ')}`;
  throw badInput(`--topic ${name}: no contract has this topic`, { hint });
}

/** Those of the group; only what is unresolved, unless all are asked for. */
export const deadLettersOf = (
  letters: readonly ListedDeadLetter[],
  { group, all }: DeadLetterFilter,
): ListedDeadLetter[] =>
  letters.filter((letter) => (group === undefined || letter.group === group) && (all === true || isUnresolved(letter)));
