/** Which rollout a replica shall serve. `file`: read from the deployed folder while the deployer was away. */
export interface RolloutTarget {
  rolloutId: string;
  sequence: number;
  version: string;
  /** Digest of the artifact. */
  digest: string;
  source: 'deployer' | 'file';
}

/**
 * Only a higher sequence replaces, so repeated and late messages change nothing. What a file said gives way to the
 * deployer whatever its sequence: the file may be left over from an installation that was since reset.
 */
export function supersedes(target: RolloutTarget, known: RolloutTarget | null): boolean {
  if (known === null) return true;
  if (target.rolloutId === known.rolloutId) return false;
  if (known.source === 'file' && target.source === 'deployer') return true;
  return target.sequence > known.sequence;
}

/** The artifact is the one that serves already: nothing has to be loaded. */
export const sameModel = (a: RolloutTarget, b: RolloutTarget): boolean =>
  a.version === b.version && a.digest === b.digest;
