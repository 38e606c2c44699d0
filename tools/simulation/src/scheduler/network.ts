import type { Cut, Fault } from '../faults/fault';
import type { RandomStream } from './random.stream';
import type { Operation, Target } from './simulator';

/** What becomes of one operation. */
export interface Passage {
  /** Milliseconds until the request arrives, and from then until its answer does. */
  outMs: number;
  backMs: number;
  fate: 'answered' | 'unreached' | 'unanswered' | 'crash-before' | 'crash-after';
  /** For a crash: how long the process stays away. */
  downMs: number;
}

type ByOperation = Extract<Fault, { operation: number }>;
type Window = Extract<Fault, { kind: 'partition' | 'outage' }>;

/** A client notices that nobody answers after so long: no answer at all, not a refusal. */
const UNANSWERED_MS = 2_000;

/** Decides, from the faults and the process's own random stream, how each operation goes. */
export class Network {
  private readonly byOperation = new Map<string, ByOperation>();
  private readonly windows: readonly Window[];

  constructor(
    faults: readonly Fault[],
    private readonly startedAt: number,
  ) {
    for (const fault of faults) {
      if ('operation' in fault) this.byOperation.set(`${fault.process}#${fault.operation}`, fault);
    }
    this.windows = faults.filter((fault): fault is Window => fault.kind === 'partition' || fault.kind === 'outage');
  }

  /** `number`: which operation of the process it is, from 1. */
  passage(process: string, number: number, { target }: Operation, now: number, random: RandomStream): Passage {
    const passage: Passage = { ...latency(random), fate: 'answered', downMs: 0 };
    const cut = this.cut(process, target, now - this.startedAt);
    if (cut) {
      const how = cut === 'either' ? (random.chance(0.5) ? 'unreached' : 'unanswered') : cut;
      return { ...passage, fate: how, backMs: passage.backMs + random.next() * UNANSWERED_MS };
    }
    const fault = this.byOperation.get(`${process}#${number}`);
    return fault ? struck(passage, fault) : passage;
  }

  /** How the way to the target is cut at that time, counted from the start of the run. */
  private cut(process: string, target: Target, at: number): Cut | null {
    const found = this.windows.find(
      (window) =>
        window.target === target &&
        at >= window.at &&
        at < window.at + window.ms &&
        (window.kind === 'outage' || window.process === process),
    );
    if (!found) return null;
    return found.kind === 'outage' ? 'unreached' : found.how;
  }
}

/** Mostly a few milliseconds, now and then much more: so operations overtake each other. */
function latency(random: RandomStream): { outMs: number; backMs: number } {
  const slow = random.chance(0.05) ? 100 : 0;
  return { outMs: 0.5 + random.next() * (4 + slow), backMs: 0.5 + random.next() * 4 };
}

function struck(passage: Passage, fault: ByOperation): Passage {
  switch (fault.kind) {
    case 'crash':
      return { ...passage, fate: fault.sent ? 'crash-after' : 'crash-before', downMs: fault.downMs };
    case 'fail':
      return { ...passage, fate: fault.how };
    case 'delay':
      return { ...passage, outMs: passage.outMs + fault.ms };
  }
}
