/** Which version of a registered model is asked for. */
export type VersionSelector = { stage: string } | { alias: string } | { version: string };

/** Where a model is registered, and as what it is served. */
export interface RegisteredName {
  name: string;
  selector: VersionSelector;
  /** The pipeline that it serves, or the name that it is served under. */
  pipeline: string;
}

export const shownSelector = (selector: VersionSelector): string =>
  'stage' in selector
    ? `stage ${selector.stage}`
    : 'alias' in selector
      ? `alias ${selector.alias}`
      : `version ${selector.version}`;
