import { RandomStream } from '../../scheduler/random.stream';
import { type FaultKind, type Operation, SimulatedFault, type Simulator } from '../../scheduler/simulator';

/** What is to happen to an operation; `never`: its process crashed before it was sent. */
export type Disturbance = FaultKind | 'never' | null;

interface Step {
  operation: Operation;
  run(): void;
}

/**
 * Takes the waiting operations of all processes in an order that the seed gives, one per turn of the event loop. Time is
 * the clock's, so that timers may be real or a test's.
 */
export class SteppingSimulator implements Simulator {
  /** `process operation` of each step, in order. */
  readonly trace: string[] = [];
  disturb: (process: string, operation: Operation) => Disturbance = () => null;
  private readonly waiting: Step[] = [];
  private readonly stream: RandomStream;
  private scheduled = false;

  constructor(seed: number) {
    this.stream = new RandomStream(seed);
  }

  /** Nothing waits for a step: only timers can go on. */
  get idle(): boolean {
    return this.waiting.length === 0;
  }

  now(): number {
    return Date.now();
  }

  random(): number {
    return this.stream.next();
  }

  perform<T>(process: string, operation: Operation, effect: () => T): Promise<T> {
    return new Promise((resolve, reject) => {
      this.waiting.push({ operation, run: () => this.run(process, operation, effect, resolve, reject) });
      this.schedule();
    });
  }

  private run<T>(
    process: string,
    operation: Operation,
    effect: () => T,
    resolve: (value: T) => void,
    reject: (error: unknown) => void,
  ): void {
    const disturbance = this.disturb(process, operation);
    this.trace.push([process, operation.name, ...(disturbance ? [disturbance] : [])].join(' '));
    if (disturbance === 'never') return;
    if (disturbance === 'unreached') return reject(new SimulatedFault('unreached', operation));
    try {
      const value = effect();
      if (disturbance === 'unanswered') reject(new SimulatedFault('unanswered', operation));
      else resolve(value);
    } catch (error) {
      reject(error);
    }
  }

  private schedule(): void {
    if (this.scheduled) return;
    this.scheduled = true;
    setImmediate(() => {
      this.scheduled = false;
      const [step] = this.waiting.splice(Math.floor(this.random() * this.waiting.length), 1);
      step?.run();
      if (this.waiting.length > 0) this.schedule();
    });
  }
}
