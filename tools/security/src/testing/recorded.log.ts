import { inspect } from 'node:util';
import type { Logger } from '@perennial/messaging';

/** Keeps everything that is logged, as text, whatever the level. */
export class RecordedLog implements Logger {
  readonly lines: string[] = [];
  readonly debug = this.keep('debug');
  readonly info = this.keep('info');
  readonly warn = this.keep('warn');
  readonly error = this.keep('error');

  text(): string {
    return this.lines.join('\n');
  }

  private keep(level: string) {
    return (fields: object, message: string) => void this.lines.push(`${level} ${message} ${everythingIn(fields)}`);
  }
}

/** All that any printer could show of a value: hidden fields, causes and texts in full. */
export const everythingIn = (value: unknown): string =>
  inspect(value, { depth: 20, showHidden: true, maxStringLength: null, maxArrayLength: null, breakLength: Infinity });
