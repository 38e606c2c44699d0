import { type DeadLetter, type DeadLetters, MessagingError, type Publisher } from '@perennial/messaging';
import { toDeadLetterRecord, withoutValue } from './dead-letter.record';

const tooLarge = new Set<unknown>(['MESSAGE_TOO_LARGE', 'RECORD_LIST_TOO_LARGE']);

export class KafkaDeadLetters implements DeadLetters {
  constructor(private readonly publisher: Publisher) {}

  /** A record that fills a message leaves no room for the reason: its value then stays where it came from. */
  async add(letter: DeadLetter): Promise<void> {
    try {
      await this.publisher.publish([toDeadLetterRecord(letter)]);
    } catch (error) {
      if (!(error instanceof MessagingError) || !tooLarge.has(error.details.type)) throw error;
      await this.publisher.publish([withoutValue(letter)]);
    }
  }
}
