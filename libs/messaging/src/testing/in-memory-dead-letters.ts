import type { DeadLetter, DeadLetters } from '../ports';

export class InMemoryDeadLetters implements DeadLetters {
  readonly letters: DeadLetter[] = [];

  async add(letter: DeadLetter): Promise<void> {
    this.letters.push(letter);
  }
}
