import { ServiceError } from '@perennial/service';
import type { ModelSlot } from '../../application/model.slot';
import type { ModelSlots } from '../../application/model.slots';
import type { ShowModels } from '../../application/show.models';

export interface IndexEntry {
  name: string;
  version?: string;
  state: 'READY' | 'LOADING' | 'UNAVAILABLE';
  reason: string;
}

/** Triton's model repository over the declared pipelines: what there is to serve is for the deployer to say. */
export class RepositoryService {
  constructor(
    private readonly slots: ModelSlots,
    private readonly models: ShowModels,
  ) {}

  index(readyOnly: boolean): IndexEntry[] {
    const entries = this.slots.all().map(entryOf);
    return readyOnly ? entries.filter(({ state }) => state === 'READY') : entries;
  }

  /** Reads again what is to be served, and waits for it. Throws UNKNOWN_PIPELINE, INVALID_INPUT and NOT_LOADED. */
  async load(name: string, parameters: Readonly<Record<string, unknown>>): Promise<void> {
    const [parameter] = Object.keys(parameters);
    if (parameter !== undefined) {
      const rule = 'must be left out: files and configurations come by rollouts alone';
      throw new ServiceError('INVALID_INPUT', 400, `parameter ${parameter} ${rule}`, {
        ...{ input: 'parameters', value: parameter, rule },
      });
    }
    const slot = this.named(name);
    slot.resume();
    await this.models.reload(slot.pipeline);
    if (slot.current()) return;
    const { reason } = entryOf(slot);
    throw new ServiceError('NOT_LOADED', 409, `model ${name} is not loaded: ${reason}`, { pipeline: name, reason });
  }

  /** Nothing answers for it on this replica until it is loaded again, whatever is rolled out. */
  unload(name: string): void {
    this.named(name).suspend();
  }

  private named(name: string): ModelSlot {
    if (name === '') throw new ServiceError('UNKNOWN_PIPELINE', 404, 'model must be named', { input: 'model' });
    return this.slots.choose(name);
  }
}

function entryOf(slot: ModelSlot): IndexEntry {
  const name = slot.pipeline;
  const { version, error } = slot.status();
  if (version !== null) return { name, version, state: 'READY', reason: '' };
  if (slot.isSuspended()) return { name, state: 'UNAVAILABLE', reason: 'unloaded' };
  if (error !== null) return { name, state: 'UNAVAILABLE', reason: error };
  return slot.hasTarget()
    ? { name, state: 'LOADING', reason: '' }
    : { name, state: 'UNAVAILABLE', reason: 'no version was rolled out yet' };
}
