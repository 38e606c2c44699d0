import { ServiceError } from '@perennial/service';
import type { OpenModel, ServableModel } from './ports';

const WARM_UP_RUNS = 3;
const EMPTY = { string: null, boolean: false, date: 0, integer: 0, number: 0 } as const;

/** A model that has answered. Throws what opening throws, and WARM_UP_FAILED. */
export async function openWarm(
  open: OpenModel,
  bytes: Uint8Array,
  identity: { name: string; version: string },
  again: () => Promise<Uint8Array>,
): Promise<ServableModel> {
  const model = await open(bytes, identity, again);
  try {
    await warmUp(model);
    return model;
  } catch (error) {
    await model.close();
    throw error;
  }
}

/** Runs the graph on a row of zeros without texts; a model from outside may have no answer where values are missing. */
async function warmUp(model: ServableModel): Promise<void> {
  const row = Object.fromEntries(model.signature.inputs.map(({ name, type }) => [name, EMPTY[type]]));
  for (let run = 0; run < WARM_UP_RUNS; run += 1) {
    const [probability] = await model.predict([row]);
    if (probability !== undefined && probability >= 0 && probability <= 1) continue;
    const details = { value: String(probability), rule: 'must be a probability from 0 to 1' };
    throw new ServiceError('WARM_UP_FAILED', 500, `The model answered ${probability} to a row of zeros`, details, {
      retryable: false,
    });
  }
}
