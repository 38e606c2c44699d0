import type { DataOf, ModelReference, rolloutCompletedV1 } from '@perennial/contracts';

export interface ServingModel {
  pipeline: string;
  version: string;
  model: ModelReference;
  rolloutId: string;
  sequence: number;
}

/** What serves after a rollout; null when it is not newer than what is known. */
export function supersede(
  known: ServingModel | null,
  { pipeline, version, model, rolloutId, sequence }: DataOf<typeof rolloutCompletedV1>,
): ServingModel | null {
  return known && known.sequence >= sequence ? null : { pipeline, version, model, rolloutId, sequence };
}
