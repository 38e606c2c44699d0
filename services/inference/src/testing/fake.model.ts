import { silentLogger } from '@perennial/messaging';
import type { Logger } from '@perennial/service';
import { ModelSlot, type ModelSlotOptions } from '../application/model.slot';
import type { ModelCall, ServableModel, ServingMetrics } from '../application/ports';
import type { InputColumn } from '../domain/prediction.request';

export const inputs: InputColumn[] = [
  { name: 'age', type: 'integer' },
  { name: 'sex', type: 'string' },
  { name: 'limit_bal', type: 'number' },
];

/** Answers one probability to every row; counts what is done to it. */
export class FakeModel implements ServableModel {
  readonly signature = { inputs };
  closed = false;
  calls = 0;
  /** Thrown by the next calls, in order. */
  failures: unknown[] = [];
  /** Places that it says its cache answered. */
  cached: readonly number[] = [];
  full = false;

  constructor(
    readonly probability = 0.7,
    readonly decisionThreshold = 0.5,
  ) {}

  isFull(): boolean {
    return this.full;
  }

  async predict(rows: readonly unknown[], { onCached }: ModelCall = {}): Promise<Float64Array> {
    this.calls += 1;
    const failure = this.failures.shift();
    if (failure) throw failure;
    if (this.closed) throw Object.assign(new Error('closed'), { code: 'MODEL_CLOSED' });
    if (this.cached.length > 0) onCached?.(this.cached);
    return Float64Array.from(rows, () => this.probability);
  }

  async close(): Promise<void> {
    this.closed = true;
  }
}

export function slotWith(
  open: ModelSlotOptions['open'],
  pipeline = 'credit',
  changes: Partial<ModelSlotOptions> = {},
): ModelSlot {
  const logger = silentLogger as unknown as Logger;
  const options = {
    pipeline,
    open,
    now: () => 0,
    random: () => 0,
    stickyBy: [],
    loggedInputs: 'digest' as const,
    follows: 'deployer' as const,
    logger,
    retryMs: 1,
  };
  return new ModelSlot({ ...options, ...changes });
}

export class CountingMetrics implements ServingMetrics {
  readonly counted: string[] = [];
  dropped = 0;

  succeeded(model: string, version: string, _arm: string, rows: number): void {
    this.counted.push(`success ${model} ${version} ${rows}`);
  }
  failed(model: string, version: string, _arm: string, code: string): void {
    this.counted.push(`failure ${model} ${version} ${code}`);
  }
  ran(): void {}
  cacheUsed(): void {}
  serving(): void {}
  logDropped(predictions: number): void {
    this.dropped += predictions;
  }
}
