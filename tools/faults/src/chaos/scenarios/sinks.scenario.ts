import { attemptsExhaustedV1, notificationFailedV1, notificationSentV1 } from '@perennial/contracts';
import { eventsOf, type HistoryEvent } from '../../evidence/history.event';
import { playStory } from '../../scenario/scenario';
import { until } from '../../scenario/settling';
import { stories } from '../../story/story';
import { valvePipeline } from '../../story/valve.pipeline';
import { adverseStage, adversityOf } from './adverse.stage';
import { type ChaosRun, scenario } from '../chaos.scenario';
import type { ChannelName, Heard } from './sinks.servers';
import { hasty, isFinal, reasons, retryAfterSeconds, type Trouble, troubles } from './sinks.troubles';

interface SinksPlan {
  /** The third channel, slack, is well. */
  readonly pagerduty: Trouble;
  readonly webhook: Trouble;
  /** Tries that fail before a sink is mended. */
  readonly tries: number;
}

type Channelled = Extract<ChannelName, 'pagerduty' | 'webhook'>;
const troubled: readonly Channelled[] = ['pagerduty', 'webhook'];
const limitMs = 180_000;
const day = stories.paged[1].day;

const forPagerDuty: readonly Trouble[] = troubles.filter((each) => each !== 'untrusted' && !isFinal(each));

const triggersOf = (events: readonly HistoryEvent[], contract: typeof notificationFailedV1, channel: ChannelName) =>
  eventsOf(events, contract).filter(({ data }) => data.channel === channel && data.action === 'trigger');

/** Keeps the sinks in trouble until the well one has its page and the others have failed often enough. */
async function disturb(run: ChaosRun<SinksPlan>): Promise<void> {
  const { stage, pipeline, plan } = run;
  const { sinks } = adversityOf(stage.platform.home);
  const isEnough = (events: readonly HistoryEvent[], channel: Channelled) =>
    triggersOf(events, notificationFailedV1, channel).length >= (isFinal(plan[channel]) ? 1 : plan.tries);
  await stage.history.until(
    pipeline,
    'a page on slack and failed tries elsewhere',
    (events) =>
      eventsOf(events, notificationSentV1).some(({ data }) => data.channel === 'slack') &&
      troubled.every((channel) => isEnough(events, channel)),
    limitMs,
  );
  for (const channel of troubled) await sinks.mend(channel, pipeline);
  run.log('slack has the page; the other sinks are mended');
}

function channelProblems(run: ChaosRun<SinksPlan>, events: readonly HistoryEvent[], channel: Channelled): string[] {
  const trouble = run.plan[channel];
  const failed = triggersOf(events, notificationFailedV1, channel).map(({ data }) => data);
  const sent = eventsOf(events, notificationSentV1).filter(({ data }) => data.channel === channel);
  const told = sent.map(({ data }) => `${data.action} after ${data.tries}`);
  const finals = failed.filter(({ final }) => final).length;
  const expected = isFinal(trouble)
    ? { told: [], finals: 1 }
    : { told: [`trigger after ${failed.length + 1}`, 'resolve after 1'], finals: 0 };
  const foreign = failed.filter(({ reason }) => !reasons[trouble].test(reason)).map(({ reason }) => reason);
  return [
    ...(told.join() === expected.told.join()
      ? []
      : [`${channel}: sent ${told.join()}, expected ${expected.told.join()}`]),
    ...(finals === expected.finals ? [] : [`${channel}: ${finals} final failures, expected ${expected.finals}`]),
    ...foreign.map((reason) => `${channel}, ${trouble}: a try failed for another reason: ${reason}`),
  ];
}

function hasteProblems(plan: SinksPlan, heard: readonly Heard[]): string[] {
  return troubled
    .filter((channel) => plan[channel] === 'too-many-requests')
    .flatMap((channel) => {
      const tries = heard.filter((each) => each.channel === channel && each.action === 'trigger');
      return hasty(
        tries.map(({ atMs }) => atMs),
        retryAfterSeconds * 1_000,
      ).map((gap) => `${channel}: asked to wait ${retryAfterSeconds} s, came back after ${Math.round(gap)} ms`);
    });
}

interface NotificationView {
  readonly channel: string;
  readonly action: string;
  readonly state: string;
}

/** Null while the alert is not listed. */
async function notificationsOf({ stage, pipeline }: ChaosRun<SinksPlan>): Promise<readonly NotificationView[] | null> {
  const { alerts } = await stage.platform.get<{ alerts: { alertId: string; pipeline: string }[] }>(
    `/api/v1/alerts?pipeline=${pipeline}`,
  );
  const alert = alerts.find((each) => each.pipeline === pipeline);
  if (!alert) return null;
  const path = `/api/v1/alerts/${alert.alertId}`;
  return (await stage.platform.get<{ notifications: NotificationView[] }>(path)).notifications;
}

/** What is not delivered yet: a resolve waits while a page may still arrive. */
async function undelivered(run: ChaosRun<SinksPlan>): Promise<string[]> {
  const notifications = await notificationsOf(run);
  if (!notifications) return ['the alert is not listed'];
  const pending = notifications.filter(({ state }) => state === 'pending');
  return pending.map(({ channel, action }) => `${action} waits for ${channel}`);
}

/** What people see of the channel that gave up. */
async function givenUpProblems(run: ChaosRun<SinksPlan>): Promise<string[]> {
  const { plan } = run;
  const notifications = await notificationsOf(run);
  if (!notifications) return ['the alert is not listed'];
  const stateOf = (channel: string, action: string) =>
    notifications.find((each) => each.channel === channel && each.action === action)?.state;
  return troubled.flatMap((channel) => {
    const found = [stateOf(channel, 'trigger'), stateOf(channel, 'resolve')].join();
    const expected = isFinal(plan[channel]) ? 'failed,skipped' : 'sent,sent';
    return found === expected ? [] : [`${channel}: the alert shows ${found}, expected ${expected}`];
  });
}

export const sinks = scenario<SinksPlan>({
  name: 'sinks',
  describes: 'The sinks of alerts are down, slow, refusing or not to be trusted when a day has to page',
  weight: 1,
  stage: adverseStage,
  company: 'alone',
  pipelines: (name) => ({
    [name]: valvePipeline(name).replace('critical: [pagerduty]', 'critical: [pagerduty, slack, webhook]'),
  }),
  plan: (random) => ({
    pagerduty: random.pick(forPagerDuty),
    webhook: random.pick(troubles),
    tries: random.integer(2, 3),
  }),
  run: async (run) => {
    const { stage, pipeline, plan } = run;
    const room = adversityOf(stage.platform.home);
    let mended: Promise<void> | undefined;
    const onEvent = ({ type, data }: HistoryEvent) => {
      const isMoment = type === attemptsExhaustedV1.type && (data as { day: string }).day === day;
      if (isMoment) (mended ??= disturb(run)).catch((error) => run.log(String(error)));
    };
    for (const channel of troubled) await room.sinks.trouble(channel, pipeline, plan[channel]);
    try {
      const finished = async () => {
        await mended;
        await until(() => undelivered(run));
      };
      const evidence = await playStory(stage, pipeline, { onEvent, finished }, 'paged');
      const heard = room.sinks.heard.filter(({ dedupKey }) => dedupKey.startsWith(`${pipeline}/`));
      const slack = heard.filter(({ channel }) => channel === 'slack').map(({ action }) => action);
      const problems = [
        ...(slack.join() === 'trigger,resolve' ? [] : [`slack heard ${slack.join()}, expected trigger,resolve`]),
        ...troubled.flatMap((channel) => channelProblems(run, evidence.events, channel)),
        ...hasteProblems(plan, heard),
        ...(await givenUpProblems(run)),
      ];
      // What a sink refused, it does not have; what it took without saying so, it does.
      const taken = heard.filter(({ channel, status }) => channel === 'pagerduty' && (status ?? 202) < 300);
      const pages = taken.map(({ action, dedupKey }) => ({ event_action: action, dedup_key: dedupKey }));
      return { evidence: { ...evidence, pages }, story: 'paged', problems };
    } finally {
      for (const channel of troubled) await room.sinks.mend(channel, pipeline);
    }
  },
});
