import type { Fault } from '../faults/fault';
import { EventQueue, type QueuedEvent } from './event.queue';
import { Network } from './network';
import { RandomStream } from './random.stream';
import { SimulatedProcess } from './simulated.process';
import { type Operation, SimulatedFault, type Simulator } from './simulator';
import { Trace } from './trace';

export interface SchedulerOptions {
  seed: number;
  faults: readonly Fault[];
  /** Virtual milliseconds since 1970 at which the run begins. */
  startAt: number;
  /** Lines of the trace that are kept. */
  keepTrace?: number;
  /** A process died by a fault and should come back after so long. */
  onCrash?(process: string, downMs: number): void;
}

interface Event extends QueuedEvent {
  /** Undefined: the world outside the processes; nothing stops it. */
  owner: SimulatedProcess | undefined;
  cancelled: boolean;
  action: () => void;
}

export interface Timer {
  cancel(): void;
}

/** Taken before a run replaces the globals. */
const realImmediate = setImmediate;
const turn = (): Promise<void> => new Promise((resolve) => void realImmediate(resolve));

/**
 * Virtual time: the earliest event happens, then everything that follows from it without waiting, then the next. Every
 * operation of a process is two events, the request's arrival and the answer's; so a run is a function of its options.
 */
export class Scheduler implements Simulator {
  readonly trace: Trace;
  /** The process whose step is running; undefined outside of all. */
  current: SimulatedProcess | undefined;
  private readonly queue = new EventQueue<Event>();
  private readonly processes = new Map<string, SimulatedProcess>();
  private readonly streams = new Map<string, RandomStream>();
  private readonly world: RandomStream;
  private network: Network;
  private time: number;
  private sequence = 0;

  constructor(private readonly options: SchedulerOptions) {
    this.time = options.startAt;
    this.trace = new Trace(options.keepTrace ?? 200);
    this.world = new RandomStream(options.seed, 'world');
    this.network = new Network(options.faults, options.startAt);
  }

  now(): number {
    return this.time;
  }

  random = (): number => this.streamOfCurrent().next();

  /** Milliseconds since the start of the run. */
  elapsed(): number {
    return this.time - this.options.startAt;
  }

  /** From now on every operation succeeds. */
  heal(): void {
    this.network = new Network([], this.options.startAt);
    for (const process of this.processes.values()) process.pausedUntil = 0;
  }

  /** Begins a life of the process; the first step runs at once. */
  spawn(name: string, start: () => void): SimulatedProcess {
    const before = this.processes.get(name);
    if (before?.alive) throw new RangeError(`process ${name} runs already`);
    const skew = this.options.faults.find((fault) => fault.kind === 'skew' && fault.process === name);
    const skewMs = skew?.kind === 'skew' ? skew.ms : 0;
    const process = new SimulatedProcess(name, (before?.life ?? 0) + 1, before?.operations ?? 0, skewMs);
    this.processes.set(name, process);
    this.note(`${name} starts`);
    this.add(0, process, start);
    return process;
  }

  isAlive(name: string): boolean {
    return this.processes.get(name)?.alive ?? false;
  }

  /** Nothing of the process runs any more; requests that are on their way still arrive. */
  kill(name: string): void {
    const process = this.processes.get(name);
    if (!process?.alive) return;
    process.alive = false;
    this.note(`${name} dies`);
  }

  pause(name: string, ms: number): void {
    const process = this.processes.get(name);
    if (!process?.alive) return;
    process.pausedUntil = Math.max(process.pausedUntil, this.time + ms);
    this.note(`${name} stands still for ${ms} ms`);
  }

  /** An event of the running process, or of the world outside. */
  after(ms: number, action: () => void, owner = this.current): Timer {
    const event = this.add(ms, owner, action);
    return { cancel: () => (event.cancelled = true) };
  }

  /** An event outside of all processes. */
  outside(ms: number, action: () => void): Timer {
    const event = this.add(ms, undefined, action);
    return { cancel: () => (event.cancelled = true) };
  }

  /** An event of that process, if it lives. */
  inProcess(name: string, action: () => void): void {
    const process = this.processes.get(name);
    if (process?.alive) this.add(0, process, action);
  }

  perform<T>(name: string, operation: Operation, effect: () => T): Promise<T> {
    const process = this.processes.get(name);
    if (!process?.alive) return new Promise<T>(() => {});
    process.operations++;
    const { operations } = process;
    const random = this.streamOf(name);
    const passage = this.network.passage(name, operations, operation, this.time, random);
    const label = `${name}#${operations} ${operation.target} ${operation.name}`;
    return new Promise<T>((resolve, reject) => {
      const answer = (settle: () => void) => this.add(passage.backMs, process, settle);
      const fail = (kind: 'unreached' | 'unanswered') => answer(() => reject(new SimulatedFault(kind, operation)));
      const arrive = (respond: (settle: () => void) => void) =>
        this.add(passage.outMs, undefined, () => {
          this.note(label);
          try {
            const result = effect();
            respond(() => resolve(result));
          } catch (error) {
            this.note(`${label}: ${error instanceof Error ? error.name : String(error)}`);
            respond(() => reject(error));
          }
        });
      switch (passage.fate) {
        case 'answered':
          return void arrive(answer);
        case 'unreached':
          this.note(`${label}: unreached`);
          return void fail('unreached');
        case 'unanswered':
          return void arrive(() => {
            this.note(`${label}: unanswered`);
            fail('unanswered');
          });
        case 'crash-after':
          arrive(() => {});
          return this.crash(process, label, passage.downMs);
        case 'crash-before':
          return this.crash(process, label, passage.downMs);
      }
    });
  }

  /** Lets events happen until `done`, until nothing is left, or until the limit of virtual time since the start. */
  async run(done: () => boolean, limitMs: number): Promise<'done' | 'idle' | 'limit'> {
    for (;;) {
      if (done()) return 'done';
      const event = this.queue.pop();
      if (!event) return 'idle';
      if (event.time - this.options.startAt > limitMs) {
        this.queue.push(event);
        return 'limit';
      }
      await this.happen(event);
    }
  }

  note(line: string): void {
    this.trace.add(`${this.elapsed().toFixed(3)} ${line}`);
  }

  private async happen(event: Event): Promise<void> {
    const { owner } = event;
    if (event.cancelled || (owner && !owner.alive)) return;
    if (owner && owner.pausedUntil > event.time) {
      event.time = owner.pausedUntil;
      return this.queue.push(event);
    }
    this.time = Math.max(this.time, event.time);
    this.current = owner;
    event.action();
    if (owner) await turn();
    this.current = undefined;
  }

  private crash(process: SimulatedProcess, label: string, downMs: number): void {
    process.alive = false;
    this.note(`${label}: crash`);
    this.options.onCrash?.(process.name, downMs);
  }

  private add(ms: number, owner: SimulatedProcess | undefined, action: () => void): Event {
    const event = { time: this.time + Math.max(0, ms), sequence: this.sequence++, owner, cancelled: false, action };
    this.queue.push(event);
    return event;
  }

  private streamOfCurrent(): RandomStream {
    return this.current ? this.streamOf(this.current.name) : this.world;
  }

  /** Each process has a stream of its own, so that one process's luck does not depend on another's. */
  private streamOf(name: string): RandomStream {
    const known = this.streams.get(name);
    if (known) return known;
    const stream = new RandomStream(this.options.seed, `process ${name}`);
    this.streams.set(name, stream);
    return stream;
  }
}
