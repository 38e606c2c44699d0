import { ServiceError } from '@perennial/service';
import type { OpenModel, ServableModel } from './ports';

const WARM_UP_RUNS = 3;

/** A model that has answered. Throws what opening throws, and WARM_UP_FAILED. */
export async function openWarm(
  open: OpenModel,
  bytes: Uint8Array,
  identity: { name: string; version: string },
): Promise<ServableModel> {
  const model = await open(bytes, identity);
  try {
    await warmUp(model);
    return model;
  } catch (error) {
    await model.close();
    throw error;
  }
}

/** Runs the graph on a row of nulls, which every artifact accepts. Throws WARM_UP_FAILED for what is no probability. */
async function warmUp(model: ServableModel): Promise<void> {
  const row = Object.fromEntries(model.signature.inputs.map(({ name }) => [name, null]));
  for (let run = 0; run < WARM_UP_RUNS; run += 1) {
    const [probability] = await model.predict([row]);
    if (probability !== undefined && probability >= 0 && probability <= 1) continue;
    const details = { value: String(probability), rule: 'must be a probability from 0 to 1' };
    throw new ServiceError('WARM_UP_FAILED', 500, `The model answered ${probability} to a row of nulls`, details, {
      retryable: false,
    });
  }
}
