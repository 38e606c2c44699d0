/** Path of one model version in the registry's API. */
export const versionPath = (pipeline: unknown, version: unknown): string =>
  `/api/v1/models/${encodeURIComponent(String(pipeline))}/versions/${encodeURIComponent(String(version))}`;
