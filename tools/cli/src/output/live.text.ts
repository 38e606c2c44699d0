import type { ProgressStream } from './progress.bar';

/** Lines that replace each other on a terminal; nothing elsewhere, where only the outcome matters. */
export class LiveText {
  private lines = 0;

  constructor(private readonly stream: ProgressStream) {}

  update(text: string): void {
    if (!this.stream.isTTY) return;
    this.clear();
    this.stream.write(`${text}\n`);
    this.lines = text.split('\n').length;
  }

  /** Takes the lines away. */
  clear(): void {
    if (this.lines > 0) this.stream.write(`\u001b[${this.lines}A\u001b[J`);
    this.lines = 0;
  }
}
