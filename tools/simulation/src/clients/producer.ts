import { dayManifestV1, recordsPushedV1, topics } from '@perennial/contracts';
import { emit, type OutgoingRecord, type Publisher, stampEvents, type Stamp } from '@perennial/messaging';
import type { Message, StoryDay, StoryPipeline } from '../world/story';

export interface ProducerOptions {
  publisher: Publisher;
  stamp: Stamp;
  random(): number;
  /** Milliseconds between the beginnings of two days of a pipeline. */
  dayMs: number;
}

const MESSAGE_MS = 400;
const RETRY_MS = 1_000;

/** Pushes every pipeline's days; what is not acknowledged is sent again until it is. */
export class Producer {
  private unfinished: number;

  constructor(
    private readonly story: readonly StoryPipeline[],
    private readonly options: ProducerOptions,
  ) {
    this.unfinished = story.length;
  }

  get done(): boolean {
    return this.unfinished === 0;
  }

  async run(): Promise<void> {
    await Promise.all(this.story.map((pipeline) => this.pushAll(pipeline)));
  }

  private async pushAll({ dataset, days }: StoryPipeline): Promise<void> {
    for (const day of days) {
      await Promise.all([this.pushDay(dataset, day), pause(this.options.dayMs)]);
    }
    this.unfinished--;
  }

  private async pushDay(dataset: string, { day, messages }: StoryDay): Promise<void> {
    for (const message of messages) {
      await pause(MESSAGE_MS * this.options.random());
      await this.acknowledged(this.recordOf(dataset, day, message));
    }
  }

  private recordOf(dataset: string, day: string, message: Message): OutgoingRecord {
    if ('poison' in message) return { topic: topics.records.name, key: dataset, value: message.poison, headers: {} };
    const event =
      'manifest' in message
        ? emit(dayManifestV1, { dataset, day, rows: message.manifest })
        : emit(recordsPushedV1, { dataset, day, records: message.records as Record<string, unknown>[] });
    const [entry] = stampEvents([event], {}, this.options.stamp);
    if (!entry) throw new RangeError('no event');
    const { topic, key, value, headers } = entry;
    return { topic, key, value, headers };
  }

  private async acknowledged(record: OutgoingRecord): Promise<void> {
    for (;;) {
      try {
        return await this.options.publisher.publish([record]);
      } catch {
        await pause(RETRY_MS);
      }
    }
  }
}

const pause = (ms: number): Promise<void> => new Promise((resolve) => void setTimeout(resolve, ms));
