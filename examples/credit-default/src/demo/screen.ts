export interface Terminal {
  readonly isTTY?: boolean;
  readonly columns?: number;
  write(text: string): unknown;
}

const CLEAR_LINE = '\r\u001b[2K';

/** Lines that stay, above one line that shows what is under way; without a terminal only the lines. */
export class Screen {
  private activity = '';

  constructor(
    private readonly terminal: Terminal,
    private readonly seconds: () => number,
  ) {}

  line(text = ''): void {
    this.terminal.write(`${this.terminal.isTTY ? CLEAR_LINE : ''}${text}\n`);
    this.draw();
  }

  /** A line with the time since the start. */
  event(text: string): void {
    this.line(`${this.seconds().toFixed(1).padStart(6)} s  ${text}`);
  }

  /** Replaces the progress line; an empty one leaves the line free. */
  show(activity: string): void {
    this.activity = activity;
    this.draw();
  }

  private draw(): void {
    if (!this.terminal.isTTY) return;
    const room = (this.terminal.columns ?? 80) - 1;
    this.terminal.write(`${CLEAR_LINE}${[...this.activity].slice(0, room).join('')}`);
  }
}
