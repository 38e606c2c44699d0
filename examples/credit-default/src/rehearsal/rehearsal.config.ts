/** LIGHTGBM_LIBRARY: LightGBM's native library; where the local stack installs it unless set. */
export const libraryFile = (environment: NodeJS.ProcessEnv = process.env): string | undefined =>
  environment.LIGHTGBM_LIBRARY || undefined;
