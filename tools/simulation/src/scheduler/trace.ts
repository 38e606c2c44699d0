import { createHash } from 'node:crypto';

/** Everything that happened, as one digest, and the last lines of it for a report. */
export class Trace {
  private readonly hash = createHash('sha256');
  private readonly lines: string[] = [];
  steps = 0;

  /** `keep`: how many lines are kept; all are counted in the digest. */
  constructor(private readonly keep: number) {}

  add(line: string): void {
    this.steps++;
    this.hash.update(line);
    this.hash.update('\n');
    this.lines.push(line);
    if (this.lines.length > 2 * this.keep) this.lines.splice(0, this.lines.length - this.keep);
  }

  /** Of everything so far and of what came of it, in hexadecimal. */
  digest(outcome: Iterable<string | Buffer> = []): string {
    const hash = this.hash.copy();
    for (const part of outcome) hash.update(part);
    return hash.digest('hex');
  }

  last(): readonly string[] {
    return this.lines.slice(-this.keep);
  }
}
