const versioned = /^(.+)\.v([1-9]\d{0,8})\.(.+)$/;

/** `perennial.evaluation.v2.model-judged` is version 2 of `perennial.evaluation.model-judged`; null: no version in it. */
export function eventVersion(type: string): { event: string; version: number } | null {
  const [, subsystem, version, name] = versioned.exec(type) ?? [];
  return version === undefined ? null : { event: `${subsystem}.${name}`, version: Number(version) };
}

/**
 * Versions of one event are compatible in both directions (ADR 6), so that a reader of one reads all: the newer ones
 * that it does not know as well.
 */
export function isVersionOf(type: string, { type: known }: { type: string }): boolean {
  if (type === known) return true;
  const event = eventVersion(type)?.event;
  return event !== undefined && event === eventVersion(known)?.event;
}

/** The type of the event's first version, which every release knows; null where the type names no version. */
export const firstVersionOf = (type: string): string | null =>
  versioned.test(type) ? type.replace(versioned, '$1.v1.$3') : null;
