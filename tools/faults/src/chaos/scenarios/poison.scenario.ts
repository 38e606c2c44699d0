import { recordsPushedV1, topics } from '@perennial/contracts';
import { MessagingError, silentLogger } from '@perennial/messaging';
import { KafkaPublisher } from '@perennial/messaging-kafka';
import type { Evidence } from '../../evidence/evidence';
import { outcomeOf } from '../../evidence/outcome';
import { Producer } from '../../platform/producer';
import { dayLimitMs, gather, isOver } from '../../scenario/scenario';
import { settle } from '../../scenario/settling';
import { expectedOutcome } from '../../story/expected.outcome';
import { type DayRecords, recordsOf, stories } from '../../story/story';
import { type ChaosRun, scenario } from '../chaos.scenario';
import { sharedStage } from '../stages';
import { announced, closingProblems, distinctRows, manifestMistakes, pushManifests } from './poison.days';
import { letterProblems, quarantineProblems, refusalProblems } from './poison.fates';
import { poisonedEvents } from './poison.events';
import type { PoisonMessage } from './poison.message';
import { poisonedRecords } from './poison.records';

interface PoisonPlan {
  /** What the producer gets wrong about the end of each day. */
  readonly mistakes: readonly (typeof manifestMistakes)[number][];
  /** Rows that come when the last day is closed. */
  readonly late: number;
}

const [poisonedDay, lastDay] = stories.brief.map((each) => recordsOf(each)) as [DayRecords, DayRecords];

/** Ids of the rows that are odd, but right. */
const storedIds = (messages: readonly PoisonMessage[]): string[] =>
  messages.flatMap(({ fate }) => ('stored' in fate ? [fate.stored] : []));
const countOf = (messages: readonly PoisonMessage[], kind: 'stored' | 'quarantined'): number =>
  messages.filter(({ fate }) => kind in fate).length;

/** Messages one by one, as several bad producers would. A message above the broker's limit goes nowhere. */
async function sendAll({ stage, pipeline }: ChaosRun, messages: readonly PoisonMessage[]): Promise<string[]> {
  const publisher = new KafkaPublisher(stage.kafka, silentLogger);
  try {
    for (const { record } of messages) await publisher.publish([record]);
    const huge = { topic: topics.records.name, key: pipeline, value: 'x'.repeat(10_000_000), headers: {} };
    const answer = await publisher.publish([huge]).then(
      () => 'taken',
      (error: unknown) => (error instanceof MessagingError ? error.code : String(error)),
    );
    return answer === 'BROKER_REJECTED' ? [] : [`a message of 10 MB: expected BROKER_REJECTED, got ${answer}`];
  } finally {
    await publisher.close();
  }
}

interface DayView {
  readonly batches: readonly { readonly rows: { readonly received: number } }[];
}

/** Until ingestion has taken the poisoned rows: from all their partitions, so that the day is not closed before. */
async function taken({ stage, pipeline }: ChaosRun, day: string, rows: number): Promise<void> {
  const deadline = performance.now() + dayLimitMs;
  for (;;) {
    const path = `/api/v1/datasets/${pipeline}/days/${day}`;
    const view = await stage.platform.get<DayView>(path).catch(() => ({ batches: [] }) as DayView);
    const received = view.batches.reduce((sum, batch) => sum + batch.rows.received, 0);
    if (received >= rows) return;
    if (performance.now() > deadline) throw new Error(`${day}: ${received} of ${rows} poisoned rows were taken`);
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
}

const lateRows = (count: number): Record<string, unknown>[] =>
  Array.from({ length: count }, (_, index) => {
    return { valve: `${lastDay.day}-late-${index + 1}`, position: 'shut', pressure: index / 10, outcome: 'leaks' };
  });

export const poison = scenario<PoisonPlan>({
  name: 'poison',
  describes: 'Every topic gets messages that cannot be handled, and the producer is wrong about the ends of its days',
  weight: 3,
  stage: sharedStage,
  company: 'shared',
  plan: (random) => ({
    mistakes: random.sample(manifestMistakes, 2),
    late: random.integer(1, 5),
  }),
  run: async (run) => {
    const { stage, pipeline, plan } = run;
    const { history, platform, kafka } = stage;
    const messages = [...poisonedRecords(pipeline, poisonedDay.day), ...poisonedEvents(pipeline)];
    const odd = { stored: countOf(messages, 'stored'), quarantined: countOf(messages, 'quarantined') };
    const problems = await sendAll(run, messages);
    problems.push(...(await refusalProblems(platform, pipeline, poisonedDay.day)));
    run.log(`sent ${messages.length} poisoned messages to ${Object.keys(topics).length} topics`);
    await taken(run, poisonedDay.day, odd.stored + odd.quarantined);

    const producer = new Producer(kafka);
    const closings: (() => string[])[] = [];
    try {
      for (const [index, day] of [poisonedDay, lastDay].entries()) {
        const beside = day === poisonedDay ? odd : { stored: 0, quarantined: 0 };
        const { manifests, closing } = announced(
          plan.mistakes[index]!,
          distinctRows(day) + beside.stored + beside.quarantined,
        );
        await producer.pushRecords(pipeline, day);
        await pushManifests(producer, pipeline, day.day, manifests);
        await history.until(pipeline, `the end of ${day.day}`, (events) => isOver(events, day.day), dayLimitMs);
        const accepted = day.accepted.length + beside.stored;
        const quarantined = distinctRows(day) - day.accepted.length + beside.quarantined;
        closings.push(() =>
          closingProblems(history.eventsOf(pipeline), day.day, { ...closing, accepted, quarantined }),
        );
      }
      const late = lateRows(plan.late);
      await producer.push(recordsPushedV1, { dataset: pipeline, day: lastDay.day, records: late });
      await taken(run, lastDay.day, lastDay.records.length + late.length);
    } finally {
      await producer.close();
    }
    await settle(stage, pipeline);

    problems.push(...closings.flatMap((problemsOf) => problemsOf()));
    problems.push(...(await letterProblems(kafka, pipeline, messages)));
    problems.push(...(await quarantineProblems(platform, pipeline, poisonedDay.day, messages)));
    const evidence = await gather(stage, pipeline, {
      [poisonedDay.day]: [...poisonedDay.accepted, ...storedIds(messages)],
      [lastDay.day]: [...lastDay.accepted, ...lateRows(plan.late).map(({ valve }) => String(valve))],
    });
    problems.push(...outcomeProblems(evidence, odd, plan.late));
    return { evidence, problems, exceptions: ['no-dead-letters-without-poison'] };
  },
});

/** The story's own outcome, with the odd rows of the first day and the late ones of the last. */
function outcomeProblems(
  evidence: Evidence,
  odd: { readonly stored: number; readonly quarantined: number },
  late: number,
): string[] {
  const expected = expectedOutcome('brief');
  const [first, last] = expected.days as [(typeof expected.days)[number], (typeof expected.days)[number]];
  const days = [
    { ...first, accepted: first.accepted + odd.stored, quarantined: first.quarantined + odd.quarantined },
    { ...last, accepted: last.accepted + late },
  ];
  const [wanted, found] = [JSON.stringify({ ...expected, days }), JSON.stringify(outcomeOf(evidence))];
  return wanted === found ? [] : [`outcome: expected ${wanted}\n  found ${found}`];
}
