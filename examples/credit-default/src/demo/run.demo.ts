import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { plannedDays, referenceDay } from '../days/day.plan';
import type { AlertSink } from './alert.sink';
import type { Predictor, Producer } from './cast';
import { alertOf, type DemoReport, reportedPredictions, type ReportedDay } from './demo.report';
import { incidentOfDay } from './incident';
import { activityOf, narrate } from './narration';
import type { Observation } from './platform.observation';
import type { Screen } from './screen';
import { Stage, type StageOptions } from './stage';
import { Story } from './story';

type Seconds = Record<string, number>;

/** Four days in the life of a model, on a platform of its own. */
class Demo {
  private sink: AlertSink | undefined;
  private readonly story = new Story(
    () => this.sink?.received ?? [],
    () => this.options.platform.isRunning(this.options.home),
  );
  private readonly stage: Stage;
  private readonly seconds: Seconds = {};
  private readonly served = new Map<string, string | null>();
  private predictor: Predictor | undefined;
  private activity = '';

  constructor(
    private readonly options: StageOptions,
    private readonly screen: Screen,
  ) {
    this.stage = new Stage(options, screen);
  }

  async run(): Promise<{ report: DemoReport; incidents: ReturnType<Story['incidents']> }> {
    const startedAt = performance.now();
    try {
      this.sink = await this.timed('start', () => this.stage.start(() => this.story.news()));
      await this.stage.follow((observation) => this.observe(observation));
      const producer = this.stage.producer();
      await this.timed('reference', () => this.liveThrough(producer, referenceDay, 'reference: the first model'));
      this.predictor = this.stage.predictor(() => this.draw());
      for (const [index, { day, title }] of plannedDays.entries()) {
        await this.timed(`day_${index + 1}`, () => this.liveThrough(producer, day, `day ${index + 1}: ${title}`));
      }
      await this.awaitRecovery();
      const predictions = reportedPredictions(await this.predictor.finish());
      this.work('checking the guarantees');
      const { platform, home } = this.options;
      const guarantees = await this.timed('verify', () => platform.verify(home));
      this.seconds['total'] = elapsed(startedAt);
      const report = { days: this.days(), seconds: this.seconds, predictions, guarantees };
      return { report, incidents: this.story.incidents() };
    } finally {
      this.screen.show('stopping …');
      await this.stage.stop();
      this.screen.show('');
    }
  }

  private async liveThrough(producer: Producer, day: string, title: string): Promise<void> {
    const { signal } = this.options;
    this.screen.line();
    this.screen.event(`${day}, ${title}`);
    this.work('pushing the day');
    const records = await producer.push(day);
    this.screen.event(`  ${records.toLocaleString('en-US')} records pushed through Kafka`);
    await this.story.until(() => this.story.isOver(day), `the verdict of ${day}`, signal, day);
    this.served.set(day, this.story.serving);
    this.work('');
  }

  /** On-call learns of the recovery a moment after the verdict. */
  private async awaitRecovery(): Promise<void> {
    const resolved = () => this.story.incidents().every(({ resolvedAt }) => resolvedAt !== null);
    await this.story.until(resolved, 'the resolution of the alert', this.options.signal);
  }

  private observe(observation: Observation): void {
    const line = narrate(observation);
    if (line !== undefined) this.screen.event(`  ${line}`);
    const activity = activityOf(observation);
    if (activity !== undefined) this.work(activity);
    this.story.observe(observation);
  }

  private work(activity: string): void {
    this.activity = activity;
    this.draw();
  }

  private draw(): void {
    const { answered = 0, failed = 0 } = this.predictor?.tally ?? {};
    const predictions = this.predictor ? `predictions: ${answered} answered, ${failed} failed` : '';
    this.screen.show([this.activity, predictions].filter(Boolean).join('   '));
  }

  private days(): ReportedDay[] {
    return plannedDays.flatMap(({ day }) => {
      const { rows, rejected, verdict, attempts, incumbentF1, candidateF1 } = this.story.day(day);
      if (verdict === null) return [];
      return {
        ...{ day, rows: rows ?? 0, rejected: rejected ?? 0, verdict, attempts },
        ...{ incumbent_f1: incumbentF1, candidate_f1: candidateF1, version: this.served.get(day) ?? null },
        alert: alertOf(incidentOfDay(this.story.incidents(), day)),
      };
    });
  }

  private async timed<T>(part: string, work: () => Promise<T>): Promise<T> {
    const startedAt = performance.now();
    try {
      return await work();
    } finally {
      this.seconds[part] = elapsed(startedAt);
    }
  }
}

const elapsed = (startedAt: number): number => Math.round((performance.now() - startedAt) / 100) / 10;

/** Runs the demo and writes report.json into its home. Whatever happens, all that was started is stopped. */
export async function runDemo(options: StageOptions, screen: Screen) {
  const outcome = await new Demo(options, screen).run();
  await writeFile(join(options.home, 'report.json'), `${JSON.stringify(outcome.report, null, 2)}\n`);
  return outcome;
}
