import { retrainingRequestedV1, runStartedV1, topics } from '@perennial/contracts';
import { kafkaConfigSchema } from '@perennial/messaging-kafka';
import type { Evidence } from './evidence/evidence';
import { eventsOf, excerpt } from './evidence/history.event';
import { type Outcome, outcomeOf } from './evidence/outcome';
import { describeViolations } from './invariants/invariants';
import { History } from './platform/history';
import { type Liveness, probeLiveness } from './platform/liveness.probe';
import { PlatformUnderTest } from './platform/platform.under.test';
import { Producer } from './platform/producer';
import { Redelivery } from './platform/redelivery';
import { killedAt, killedWhilePushing } from './scenario/kill.plan';
import { Killer } from './scenario/killer';
import { type Disturbance, playStory, type Stage } from './scenario/scenario';
import { improvedDay, pagedDay, recordsOf, story } from './story/story';

const pipelines = { undisturbed: 'undisturbed', killed: 'killed', outage: 'outage', repeated: 'repeated' } as const;
const outageMs = 60_000;
/** A loaded machine answers late; a spinning event loop does not answer at all. The figures are printed. */
const tolerableAnswerMs = 1_000;

const print = (title: string, lines: readonly string[]): void =>
  void process.stdout.write(`${title}\n${lines.map((line) => `  ${line}\n`).join('')}`);

const livenessLines = (all: readonly Liveness[]): string[] =>
  all.map(
    ({ service, probes, failures, slowestMs }) =>
      `${service}: ${probes} probes, ${failures} failed, slowest ${slowestMs} ms`,
  );

describe('the loop under faults', () => {
  jest.setTimeout(600_000);
  let platform: PlatformUnderTest;
  let stage: Stage;
  let expected: Outcome;
  let failed = false;

  async function play(pipeline: string, disturbance?: Disturbance): Promise<Evidence> {
    const startedAt = performance.now();
    const evidence = await playStory(stage, pipeline, disturbance);
    print(`${pipeline}: ${Math.round((performance.now() - startedAt) / 1000)} s`, []);
    return evidence;
  }

  /** A failure keeps the home, so that its logs can be read. */
  const keepingLogs = (work: () => Promise<void>) => async (): Promise<void> => {
    try {
      await work();
    } catch (error) {
      failed = true;
      throw error;
    }
  };

  function expectUnchanged(evidence: Evidence): void {
    const violations = describeViolations(evidence);
    const outcome = outcomeOf(evidence);
    if (JSON.stringify(outcome) !== JSON.stringify(expected)) {
      print(`history of ${evidence.pipeline}`, [excerpt(evidence.events, [])]);
    }
    expect(violations).toBe('');
    expect(outcome).toEqual(expected);
  }

  beforeAll(
    keepingLogs(async () => {
      platform = await PlatformUnderTest.start(Object.values(pipelines));
      const kafka = kafkaConfigSchema.parse({ brokers: [platform.addresses.kafka] });
      stage = { platform, kafka, history: await History.start(kafka) };
      const evidence = await play(pipelines.undisturbed);
      expected = outcomeOf(evidence);
      expect(describeViolations(evidence)).toBe('');
    }),
  );

  afterAll(async () => {
    await stage?.history.stop();
    await platform?.stop({ keepHome: failed });
    if (failed && platform) print(`logs are kept under ${platform.home}`, []);
  });

  it('tells the story when nothing happens to it', () => {
    expect(expected.days.map(({ day, verdicts }) => ({ day, verdicts }))).toEqual(
      story.map(({ day, verdict }) => ({ day, verdicts: [verdict] })),
    );
    expect(expected.days.map(({ attempts }) => attempts)).toEqual([1, 0, 1, 3, 0]);
    expect(expected.days.map(({ accepted, quarantined }) => [accepted, quarantined])).toEqual(
      story.map(() => [400, 3]),
    );
    expect(expected.incidents).toEqual([{ day: pagedDay, pages: 1, resolved: true }]);
    expect(expected.versionsOfDays).toEqual([story[0].day, improvedDay]);
    expect(expected.servingOfDays).toEqual([improvedDay]);
  });

  it(
    'has the same outcome when every service is killed once',
    keepingLogs(async () => {
      const before = await platform.services();
      const killer = new Killer(before);
      const evidence = await play(pipelines.killed, {
        halfPushed: (day) => day === killedWhilePushing.day && killer.kill(killedWhilePushing.service),
        onEvent: (event) => killedAt(event).forEach((service) => killer.kill(service)),
      });
      expectUnchanged(evidence);
      expect([...killer.killed].sort()).toEqual(before.map(({ service }) => service).sort());
      const after = await platform.services();
      const restarts = (service: string) => after.find((each) => each.service === service)?.restarts ?? 0;
      expect(before.map(({ service, restarts: earlier }) => [service, restarts(service) - earlier])).toEqual(
        before.map(({ service }) => [service, 1]),
      );
      // The trainer died with the run in its hands: another process took the run up again.
      const claims = eventsOf(evidence.events, runStartedV1).filter(({ data }) => data.cycleId.endsWith(improvedDay));
      expect(claims.map(({ data }) => data.claim)).toEqual([1, 2]);
    }),
  );

  it(
    'has the same outcome when the broker is away for a minute in the middle of a day',
    keepingLogs(async () => {
      const { kafka } = stage;
      const before = await platform.services();
      let outage: Promise<Liveness[]> | undefined;
      const happen = async (): Promise<Liveness[]> => {
        const [nextDay] = story.filter(({ day }) => day === pagedDay).map((each) => recordsOf(each));
        const producer = new Producer(kafka);
        await platform.killBroker();
        // An outside producer goes on meanwhile: with records of the next day, which are pushed once more in their turn.
        const pushed = producer.pushRecords(pipelines.outage, { ...nextDay!, records: nextDay!.records.slice(0, 100) });
        const liveness = await probeLiveness(before, { forMs: outageMs, pauseMs: 500 });
        await platform.restartBroker();
        await pushed;
        await producer.close();
        return liveness;
      };
      const evidence = await play(pipelines.outage, {
        onEvent: ({ type, data }) => {
          const isMoment = type === retrainingRequestedV1.type && (data as { day: string }).day === improvedDay;
          if (isMoment) (outage ??= happen()).catch((error) => print('the outage failed', [String(error)]));
        },
        finished: async () => void (await outage),
      });
      const liveness = (await outage) ?? [];
      print('while the broker was away', livenessLines(liveness));
      expectUnchanged(evidence);
      expect(liveness.map(({ service }) => service)).toEqual(before.map(({ service }) => service));
      expect(liveness.filter(({ failures, slowestMs }) => failures > 0 || slowestMs > tolerableAnswerMs)).toEqual([]);
      // By itself: no process had to be started again.
      const identities = (all: typeof before) => all.map(({ service, pid }) => [service, pid]);
      expect(identities(await platform.services())).toEqual(identities(before));
    }),
  );

  it(
    'has the same outcome when every message is delivered three times',
    keepingLogs(async () => {
      const { history, kafka } = stage;
      const redelivery = await Redelivery.start(kafka, pipelines.repeated);
      try {
        const evidence = await play(pipelines.repeated, {
          finished: async () => {
            const told = history.eventsOf(pipelines.repeated);
            const cameOften = (times: number) => () => told.every((event) => history.deliveriesOf(event) >= times);
            await history.until(pipelines.repeated, 'the second delivery of all', cameOften(2), 60_000);
            await redelivery.repeatAll();
            await history.until(pipelines.repeated, 'the third delivery of all', cameOften(3), 60_000);
          },
        });
        expectUnchanged(evidence);
        const topicsOf = new Set(evidence.events.map(({ position }) => position.split('/')[0]));
        const { replicas: _heartbeats, predictions: _answers, ...others } = topics;
        expect([...topicsOf].sort()).toEqual(
          Object.values(others)
            .map(({ name }) => name)
            .sort(),
        );
      } finally {
        await redelivery.stop();
      }
    }),
  );
});
