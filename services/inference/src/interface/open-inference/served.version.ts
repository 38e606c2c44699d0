import { ServiceError } from '@perennial/service';
import type { ModelSlot, Serving } from '../../application/model.slot';

/** Versions that answer, the one with the largest share of the traffic first. */
export const servedVersions = (slot: ModelSlot): string[] => [
  ...new Set([slot.current(), ...(slot.traffic()?.arms ?? [])].flatMap((arm) => (arm ? [arm.target.version] : []))),
];

/** What answers for a version, or the primary arm where it is empty. Throws NO_MODEL and UNKNOWN_VERSION. */
export function servedVersion(slot: ModelSlot, version: string): Serving {
  const primary = slot.current();
  if (!primary) {
    throw new ServiceError('NO_MODEL', 503, `No model of ${slot.pipeline} is loaded`, { pipeline: slot.pipeline });
  }
  if (version === '') return primary;
  const serving = slot.choose({ version });
  requireVersion(slot, serving, version);
  return serving;
}

/** Throws UNKNOWN_VERSION where another version was asked for than the one that will answer. */
export function requireVersion(slot: ModelSlot, { target }: Serving, version: string): void {
  if (version === '' || version === target.version) return;
  const rule = `must be ${servedVersions(slot).join(' or ')}, which serve, or empty`;
  throw new ServiceError('UNKNOWN_VERSION', 404, `version ${version} of ${slot.pipeline} ${rule}`, {
    input: 'model_version',
    value: version,
    rule,
  });
}
