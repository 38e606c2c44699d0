import { setImmediate as turn } from 'node:timers/promises';
import { silentLogger } from '@perennial/messaging';
import type { Logger } from '@perennial/service';
import { ModelMemory } from '../application/model.memory';
import type { EvictableModel, ReserveMemory } from '../application/ports';
import { inputs } from './fake.model';

/** A machine of which each loaded model takes a part, and what was seen of it. */
export class FakeMachine {
  readonly loaded = new Map<string, number>();
  readonly pinned = new Set<string>();
  readonly evicted: string[] = [];
  readonly problems: string[] = [];
  peak = 0;

  constructor(readonly budgetBytes: number) {}

  get used(): number {
    return [...this.loaded.values()].reduce((sum, bytes) => sum + bytes, 0);
  }

  memory(waitMs = 60_000): ModelMemory {
    const metrics = {
      inMemory: () => {},
      loaded: () => {},
      evicted: (name: string) => {
        this.evicted.push(name);
        if (this.pinned.has(name)) this.problems.push(`${name} was evicted though it is pinned`);
      },
    };
    return new ModelMemory({
      ...{ budgetBytes: this.budgetBytes, waitMs, metrics },
      logger: silentLogger as unknown as Logger,
    });
  }

  take(name: string, bytes: number): void {
    this.loaded.set(name, bytes);
    this.peak = Math.max(this.peak, this.used);
    const others = [...this.loaded.keys()].filter((each) => !this.pinned.has(each));
    if (this.used > this.budgetBytes && others.length > 0) {
      this.problems.push(`${this.used} of ${this.budgetBytes} bytes are taken, by ${others.join(', ')} too`);
    }
  }
}

/** Takes turns of the event loop to load, to answer and to leave. */
export class FakeEvictable implements EvictableModel {
  readonly signature = { inputs };
  readonly decisionThreshold = 0.5;
  /** Thrown by the next load. */
  failure: Error | null = null;
  loads = 0;
  private calls = 0;

  constructor(
    private readonly machine: FakeMachine,
    readonly name: string,
    readonly bytes: number,
  ) {}

  async load(reserve: ReserveMemory): Promise<void> {
    await reserve(this.bytes);
    this.machine.take(this.name, this.bytes);
    this.loads += 1;
    await turn();
    const { failure } = this;
    this.failure = null;
    if (failure === null) return;
    this.machine.loaded.delete(this.name);
    throw failure;
  }

  async predict(rows: readonly unknown[]): Promise<Float64Array> {
    this.require('asked');
    this.calls += 1;
    for (let left = rows.length; left > 0; left -= 1) await turn();
    this.require('asked and left');
    this.calls -= 1;
    return Float64Array.from(rows, () => 0.5);
  }

  async unload(): Promise<void> {
    if (this.calls > 0) this.machine.problems.push(`${this.name} left while it answered`);
    await turn();
    this.machine.loaded.delete(this.name);
  }

  private require(what: string): void {
    if (!this.machine.loaded.has(this.name)) this.machine.problems.push(`${this.name} was ${what} out of memory`);
  }
}

/** A model as the service keeps it; the machine knows what is pinned. */
export async function keptIn(memory: ModelMemory, machine: FakeMachine, name: string, bytes: number) {
  const model = new FakeEvictable(machine, name, bytes);
  machine.pinned.add(name);
  const served = await memory.open({ name, version: '1' }, async (reserve) => {
    await model.load(reserve);
    return model;
  });
  const hold = (pinned: boolean): void => {
    if (pinned) machine.pinned.add(name);
    else machine.pinned.delete(name);
    served.hold?.(pinned);
  };
  return { model, served, hold };
}
