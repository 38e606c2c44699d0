import type { HttpNetwork } from '../world/http.network';
import { approver, type StoryPipeline } from '../world/story';

export interface Candidates {
  versions: { version: string; state: string }[];
}

const LOOK_MS = 5_000;
const TIMEOUT_MS = 10_000;
const REJECTED = 0.15;

/** A person who looks now and then, and approves or rejects what waits; asks again where no answer came. */
export class Approver {
  private readonly name: string;

  constructor(
    private readonly network: HttpNetwork,
    private readonly story: readonly StoryPipeline[],
    private readonly random: () => number,
    process: string,
  ) {
    this.name = process;
  }

  async run(): Promise<void> {
    const manual = this.story.map(({ declared }) => declared).filter(({ approval }) => approval.mode === 'manual');
    for (;;) {
      await new Promise((resolve) => void setTimeout(resolve, LOOK_MS));
      for (const { name } of manual) await this.decide(name).catch(() => {});
    }
  }

  private async decide(pipeline: string): Promise<void> {
    const { versions } = (await this.ask(`models/${pipeline}/list`, null)) as Candidates;
    for (const { version, state } of versions) {
      if (state !== 'candidate') continue;
      const verdict = this.random() < REJECTED ? 'reject' : 'approve';
      const body = verdict === 'approve' ? { by: approver } : { by: approver, reason: 'not convinced' };
      await this.ask(`models/${pipeline}/${verdict}/${version}`, body);
    }
  }

  private async ask(path: string, body: unknown): Promise<unknown> {
    const late = new AbortController();
    const timer = setTimeout(() => late.abort(new Error('no answer in time')), TIMEOUT_MS);
    try {
      return await this.network.request(this.name, 'registry', path, body, late.signal);
    } finally {
      clearTimeout(timer);
    }
  }
}
