import type { ModelReference } from '@perennial/contracts';
import type { Artifacts, Deployable } from './ports';

interface Rollout {
  rolloutId: string;
  sequence: number;
  version: string;
  model: ModelReference;
}

/** A rollout as the deployer announces it, with its artifact in the object store. */
export function deployableOf({ rolloutId, sequence, version, model }: Rollout, artifacts: Artifacts): Deployable {
  const { artifact } = model;
  return {
    target: { rolloutId, sequence, version, digest: artifact.digest, source: 'deployer' },
    artifact: () => artifacts.get(artifact),
  };
}
