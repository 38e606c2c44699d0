import { ServiceError } from '@perennial/service';
import type { ModelSlot, Serving } from '../../application/model.slot';

/** What answers for a version, or for any where it is empty. Throws NO_MODEL and UNKNOWN_VERSION. */
export function servedVersion(slot: ModelSlot, version: string): Serving {
  const serving = slot.current();
  if (!serving) {
    throw new ServiceError('NO_MODEL', 503, `No model of ${slot.pipeline} is loaded`, { pipeline: slot.pipeline });
  }
  requireVersion(slot, serving, version);
  return serving;
}

/** Throws UNKNOWN_VERSION where another version was asked for than the one that will answer. */
export function requireVersion({ pipeline }: ModelSlot, { target }: Serving, version: string): void {
  if (version === '' || version === target.version) return;
  const rule = `must be ${target.version}, the version that serves, or empty`;
  throw new ServiceError('UNKNOWN_VERSION', 404, `version ${version} of ${pipeline} ${rule}`, {
    input: 'model_version',
    value: version,
    rule,
  });
}
