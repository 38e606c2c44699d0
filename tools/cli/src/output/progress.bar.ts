import { countText } from './figures';

/** One line: a bar, the share, the counts. `done` beyond `total` counts as all of it. */
export function progressLine(label: string, done: number, total: number, width: number): string {
  const share = total === 0 ? 1 : Math.min(1, done / total);
  const tail = ` ${String(Math.floor(share * 100)).padStart(3)} %  ${countText(done)} of ${countText(total)}`;
  const room = Math.min(40, width - label.length - tail.length - 3);
  if (room < 5) return `${label}${tail}`;
  const filled = Math.round(share * room);
  return `${label} ${'█'.repeat(filled)}${'░'.repeat(room - filled)}${tail}`;
}

export interface ProgressStream {
  readonly isTTY?: boolean;
  readonly columns?: number;
  write(text: string): unknown;
}

/** A bar on a terminal; nothing elsewhere, where only the outcome matters. */
export class ProgressBar {
  private last = '';

  constructor(
    private readonly stream: ProgressStream,
    private readonly label: string,
    private readonly total: number,
  ) {}

  update(done: number): void {
    if (!this.stream.isTTY) return;
    const line = progressLine(this.label, done, this.total, this.stream.columns ?? 80);
    if (line === this.last) return;
    this.last = line;
    this.stream.write(`\r\u001b[2K${line}`);
  }

  /** Leaves the line free for what follows. */
  clear(): void {
    if (this.last !== '') this.stream.write('\r\u001b[2K');
    this.last = '';
  }
}
