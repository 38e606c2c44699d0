import { get } from 'node:http';
import { text } from 'node:stream/consumers';
import { PlatformProcess } from '../ingestion/platform.process';
import { DayProducer } from './day.producer';
import { EventLog, type LoggedEvent } from './event.log';
import { type FlipDay, flipRecords } from './flip.day';

export const REFERENCE_DAY = '2026-03-02';
const LIMIT_MS = 900_000;
const ENDS = ['model-kept', 'model-promoted', 'attempts-exhausted', 'cycle-skipped'];

/** Not by fetch: it refuses some ports that services use. Rejects unless the answer is 200. */
export function textAt(url: string): Promise<string> {
  return new Promise((resolve, reject) => {
    get(url, { timeout: 10_000 }, (response) => {
      if (response.statusCode === 200) text(response).then(resolve, reject);
      else response.resume().once('end', () => reject(new Error(`${url} answered ${response.statusCode}`)));
    }).once('error', reject);
  });
}

/** A platform of its own with a producer of its days and a view of its events. */
export class FlipPlatform {
  private constructor(
    readonly platform: PlatformProcess,
    readonly log: EventLog,
    readonly producer: DayProducer,
    private readonly urls: ReadonlyMap<string, string>,
  ) {}

  static async start(
    pipelines: Readonly<Record<string, string>>,
    environment: NodeJS.ProcessEnv,
  ): Promise<FlipPlatform> {
    const platform = await PlatformProcess.start(pipelines, environment);
    const log = await EventLog.follow(platform.kafka);
    const producer = await DayProducer.connect(platform.kafka);
    const processes = await platform.processes();
    const urls = new Map(processes.map(({ name, url = '' }) => [name, url]));
    return new FlipPlatform(platform, log, producer, urls);
  }

  urlOf(service: string): string {
    return this.urls.get(service) ?? '';
  }

  async stop(): Promise<void> {
    await Promise.all([this.producer.stop(), this.log.stop()]);
    await this.platform.stop();
  }

  /** Pushes a day and closes it; the moment of the manifest in milliseconds since 1970. */
  async day(name: string, day: FlipDay): Promise<number> {
    await this.producer.push(name, day);
    return this.producer.close(name, day);
  }

  /** The event that ended the cycle of a pipeline and day. */
  ended(name: string, day: string, limitMs = LIMIT_MS): Promise<LoggedEvent> {
    return this.log.until(`the end of ${name}/${day}`, limitMs, (events) =>
      events.find((event) => ENDS.includes(event.name) && event.data.cycleId === `${name}/${day}`),
    );
  }

  /** The rollout of a cycle's version, on every replica. */
  rolledOut(name: string, day: string, limitMs = LIMIT_MS): Promise<LoggedEvent> {
    return this.log.until(`the rollout of ${name}/${day}`, limitMs, (events) =>
      events.find((event) => event.name === 'rollout-completed' && event.data.cycleId === `${name}/${day}`),
    );
  }

  /** The version that the replica of inference serves; null when none. */
  async serving(name: string): Promise<string | null> {
    const answer = await textAt(`${this.urlOf('inference')}/model-info?model=${name}`).catch(() => '{}');
    return (JSON.parse(answer) as { version?: string }).version ?? null;
  }
}

/** Request bodies of one row each, without what the model does not take. */
export function predictionBodies(name: string, rows: number): string[] {
  return [...flipRecords({ day: '2026-02-01', rows, flipped: false })].map(({ sample, outcome, ...features }) =>
    JSON.stringify({ model: name, instances: [features] }),
  );
}
