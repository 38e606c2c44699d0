/** What a program needs of this process's environment to run at all; no setting of the platform is among it. */
export function inheritedEnvironment(): NodeJS.ProcessEnv {
  const { PATH, HOME, TMPDIR } = process.env;
  return { PATH, HOME, TMPDIR };
}

/** Chooses which rights are taken away; PROPERTY_SEED explores others. */
export const chosenSeed = (): number => Number(process.env.PROPERTY_SEED ?? 20_261_121);
