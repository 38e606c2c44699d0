import { join } from 'node:path';
import type { DaySizes } from '../days/day.plan';
import { emptyTally, type PredictionTally } from '../predictor/prediction.tally';
import type { PredictorReport } from '../predictor/predictor.message';
import type { ProducerReply } from '../producer/producer.message';
import { Child } from './child.process';
import { StoryError } from './story';

const REQUESTS_PER_SECOND = 50;

/** The bank that sends its days. */
export class Producer {
  private readonly child: Child<ProducerReply>;

  constructor(table: string, brokers: string, sizes: DaySizes) {
    const file = join(__dirname, '..', 'producer', 'producer.child.js');
    this.child = new Child('producer', file, [table, brokers, String(sizes.day), String(sizes.reference)]);
  }

  /** Resolves with the number of records when the broker holds them all. */
  async push(day: string): Promise<number> {
    const reply = await this.child.ask({ push: day }, (message) => message.day === day);
    if (reply.kind === 'pushed') return reply.records;
    throw new StoryError('DAY_FAILED', `${day} could not be pushed: ${reply.message}`, { day });
  }

  stop(): Promise<void> {
    return this.child.stop();
  }
}

/** The clients that ask for predictions all the time. */
export class Predictor {
  private readonly child: Child<PredictorReport>;
  tally: PredictionTally = emptyTally;

  constructor(table: string, url: string, onReport: () => void) {
    const file = join(__dirname, '..', 'predictor', 'predictor.child.js');
    this.child = new Child('prediction client', file, [table, url, String(REQUESTS_PER_SECOND)]);
    this.child.onMessage((report) => {
      this.tally = report;
      onReport();
    });
  }

  /** Sends no more, waits for the answers that are due. */
  async finish(): Promise<PredictionTally> {
    return this.child.ask({ finish: true }, ({ finished }) => finished);
  }

  stop(): Promise<void> {
    return this.child.stop();
  }
}
