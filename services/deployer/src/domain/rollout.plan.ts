import type { RolloutDeclaration } from '@perennial/pipeline';

export type Strategy = RolloutDeclaration['strategy'];
export type Guardrails = RolloutDeclaration['guardrails'];

/** A stage of a rollout, before all traffic goes to the new version. */
export interface Step {
  /** Percent of the keys that the new version answers. */
  weight: number;
  /** Mirrored to the new version instead. */
  shadow: boolean;
  /** Null: it lasts until somebody decides. */
  until: { seconds: number; minimumPredictions: number } | null;
}

/** How one rollout goes, as it was declared when it started. */
export interface Plan {
  strategy: Strategy;
  /** Names of the arms: of the version that served before, and of the new one. */
  names: { stable: string; candidate: string };
  steps: Step[];
  /** Null: nothing takes it back but replicas and people. */
  guardrails: Guardrails | null;
}

const NAMES = { stable: 'stable', candidate: 'candidate' };

export const AT_ONCE: Plan = { strategy: 'all-at-once', names: NAMES, steps: [], guardrails: null };

const step = (weight: number, until: Step['until'], shadow = false): Step => ({ weight, shadow, until });

export function planOf({ strategy, canary, blueGreen, ab, guardrails }: RolloutDeclaration): Plan {
  switch (strategy) {
    case 'all-at-once':
      return AT_ONCE;
    case 'canary': {
      const steps = canary.steps.map(({ weight, ...until }) => step(weight, until));
      return { strategy, names: NAMES, steps, guardrails };
    }
    case 'blue-green': {
      // Loaded everywhere first, so that all replicas turn to it at the same time.
      const loaded = step(0, { seconds: 0, minimumPredictions: 0 });
      const held = step(100, { seconds: blueGreen.holdSeconds, minimumPredictions: 0 });
      return { strategy, names: NAMES, steps: [loaded, held], guardrails };
    }
    case 'ab': {
      const names = { stable: ab.control, candidate: ab.treatment };
      return { strategy, names, steps: [step(ab.weight, null)], guardrails: null };
    }
    case 'shadow':
      return { strategy, names: NAMES, steps: [step(0, null, true)], guardrails: null };
  }
}
