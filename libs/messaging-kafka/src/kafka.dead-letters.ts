import type { DeadLetter, DeadLetters, Publisher } from '@perennial/messaging';
import { toDeadLetterRecord } from './dead-letter.record';

export class KafkaDeadLetters implements DeadLetters {
  constructor(private readonly publisher: Publisher) {}

  async add(letter: DeadLetter): Promise<void> {
    await this.publisher.publish([toDeadLetterRecord(letter)]);
  }
}
