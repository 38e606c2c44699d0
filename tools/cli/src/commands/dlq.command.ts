import { topics } from '@perennial/contracts';
import { type ListedDeadLetter, listDeadLetters, redrive, showDeadLetter } from '@perennial/messaging-kafka';
import { action, type Invocation } from '../command.action';
import type { CommandDefinition } from '../command.definition';
import { badInput } from '../command.error';
import { kafkaOf, quiet } from '../kafka/broker.access';
import { withPublisher } from '../kafka/day.producer';
import { deadLettersOf, type DeadLetterFilter, topicsNamed } from '../kafka/dead-letter.filter';
import { deadLettersTable, deadLetterText, deadLetterView } from '../output/dead-letter.text';

async function letters({ context, options }: Pick<Invocation<DeadLetterFilter>, 'context' | 'options'>) {
  const found = await listDeadLetters(kafkaOf(context), topicsNamed(Object.values(topics), options.topic), quiet);
  return deadLettersOf(found, options);
}

async function chosen({ context, options, args }: Invocation<DeadLetterFilter>): Promise<ListedDeadLetter[]> {
  const ids = (args[0] as string[] | undefined) ?? [];
  if (ids.length > 0) return Promise.all(ids.map((id) => showDeadLetter(kafkaOf(context), id, quiet)));
  if (!options.all && !options.topic && !options.group) {
    throw badInput('nothing was chosen to redrive', { hint: 'name ids, or --topic, --group, or --all' });
  }
  // What waits after a redrive is not sent a second time; what was not kept whole cannot be sent at all.
  const found = await letters({ context, options: { ...options, all: false } });
  return found.filter(({ state, omittedBytes }) => state === 'open' && omittedBytes === null);
}

export const dlqCommand: CommandDefinition = {
  register(program, context) {
    const dlq = program.command('dlq').description('dead letters: what could not be handled');
    const list = dlq
      .command('list')
      .description('dead letters that nobody dealt with yet, newest first')
      .option('--topic <name>', 'of this topic only; its contract name or full name')
      .option('--group <name>', 'of this consumer group only')
      .option('--all', 'those too that a redrive dealt with, or that failed again as a newer letter');
    action<DeadLetterFilter>(list, context, async (invocation) => {
      const found = await letters(invocation);
      const text = found.length ? deadLettersTable(found) : 'No dead letter.';
      return { data: { deadLetters: found.map(deadLetterView) }, text };
    });
    const show = dlq.command('show').description('one dead letter in full').argument('<id>', 'as `dlq list` shows it');
    action(show, context, async ({ context, args: [id] }) => {
      const letter = await showDeadLetter(kafkaOf(context), id as string, quiet);
      return { data: deadLetterView(letter), text: deadLetterText(letter, context.style) };
    });
    const again = dlq
      .command('redrive')
      .description('hand dead letters to the group that failed, once more')
      .argument('[ids...]', 'as `dlq list` shows them')
      .option('--topic <name>', 'all open ones of this topic')
      .option('--group <name>', 'all open ones of this consumer group')
      .option('--all', 'all that are open');
    action<DeadLetterFilter>(again, context, async (invocation) => {
      const found = await chosen(invocation);
      await withPublisher(kafkaOf(invocation.context), (publisher) => redrive(publisher, found));
      const ids = found.map(({ id }) => id);
      return { data: { redriven: ids }, text: `${ids.length} ${ids.length === 1 ? 'letter' : 'letters'} redriven.` };
    });
  },
};
