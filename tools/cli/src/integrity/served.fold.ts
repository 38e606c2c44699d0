import type { ServedVersion } from '@perennial/integrity';

/** What answered, when and how often: predictions are too many to keep one by one. */
export class ServedFold {
  private readonly spans = new Map<string, ServedVersion>();

  take(pipeline: string, replica: string, version: string, at: string): void {
    const name = `${pipeline} ${replica} ${version}`;
    const known = this.spans.get(name);
    if (!known) {
      this.spans.set(name, { pipeline, replica, version, from: at, to: at, answers: 1 });
      return;
    }
    const from = at < known.from ? at : known.from;
    const to = at > known.to ? at : known.to;
    this.spans.set(name, { ...known, from, to, answers: known.answers + 1 });
  }

  result(): ServedVersion[] {
    return [...this.spans.values()];
  }
}
