import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import type { Logger } from '../logger';

/**
 * Reads files again and again and tells of a change. By their content, not by the file system's events: those of a mounted
 * Secret are links that change, and those of a network file system do not come.
 */
export class WatchedFiles<T> {
  private seen = '';
  private timer: NodeJS.Timeout | undefined;
  private held: T;

  /** `read` makes of the contents what is used; where it throws at the start, so does this. */
  constructor(
    private readonly paths: readonly string[],
    private readonly read: (contents: readonly Buffer[], before: T | undefined) => T,
    private readonly logger: Logger,
  ) {
    const contents = this.contents();
    this.held = read(contents, undefined);
    this.seen = digest(contents);
  }

  current(): T {
    return this.held;
  }

  start(everyMs: number, onChange: (value: T) => void = () => {}): void {
    this.timer = setInterval(() => this.look() && onChange(this.held), everyMs).unref();
  }

  stop(): void {
    clearInterval(this.timer);
  }

  /** Whether there is something new. What cannot be used is told once, and what was read before stays in use. */
  look(): boolean {
    const { paths: files } = this;
    try {
      const contents = this.contents();
      const now = digest(contents);
      if (now === this.seen) return false;
      this.seen = now;
      this.held = this.read(contents, this.held);
      this.logger.info({ files }, 'Files of the access control changed and are in use');
      return true;
    } catch (error) {
      const { code, message } = error as NodeJS.ErrnoException;
      this.logger.error({ files, code, reason: message }, 'Changed files of the access control cannot be used');
      return false;
    }
  }

  private contents(): Buffer[] {
    return this.paths.map((path) => readFileSync(path));
  }
}

const digest = (contents: readonly Buffer[]): string =>
  contents.map((each) => createHash('sha256').update(each).digest('base64')).join(' ');
