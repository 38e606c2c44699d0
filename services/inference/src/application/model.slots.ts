import { ServiceError } from '@perennial/service';
import { choosePipeline } from '../domain/pipeline.choice';
import type { ModelSlot } from './model.slot';

/** One slot per declared pipeline. */
export class ModelSlots {
  private readonly slots: ReadonlyMap<string, ModelSlot>;

  constructor(slots: readonly ModelSlot[]) {
    this.slots = new Map(slots.map((slot) => [slot.pipeline, slot]));
  }

  all(): ModelSlot[] {
    return [...this.slots.values()];
  }

  has(pipeline: string): boolean {
    return this.slots.has(pipeline);
  }

  get(pipeline: string): ModelSlot | undefined {
    return this.slots.get(pipeline);
  }

  /** The named one, or the only one where none is named. */
  find(asked: string | undefined): ModelSlot | undefined {
    if (asked !== undefined) return this.slots.get(asked);
    return this.slots.size === 1 ? this.all()[0] : undefined;
  }

  /** The named one or the only one. Throws UNKNOWN_PIPELINE (404) and AMBIGUOUS_PIPELINE (400), naming all. */
  choose(asked: unknown): ModelSlot {
    const choice = choosePipeline(asked, [...this.slots.keys()]);
    if ('pipeline' in choice) return this.slots.get(choice.pipeline) as ModelSlot;
    const { refused, value, rule } = choice;
    const status = refused === 'UNKNOWN_PIPELINE' ? 404 : 400;
    throw new ServiceError(refused, status, `model ${value === null ? 'is missing: it ' : `${value}: `}${rule}`, {
      input: 'model',
      value,
      rule,
    });
  }

  async close(): Promise<void> {
    await Promise.all(this.all().map((slot) => slot.close()));
  }
}
