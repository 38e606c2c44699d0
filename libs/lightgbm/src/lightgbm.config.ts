import { ModelConfigError, modelFeatures, type ModelFeatures } from '@perennial/tabular-models';
import type { FittedPreprocessing } from '@perennial/preprocessing-steps';

interface Rule {
  readonly standard: number;
  readonly least: number;
  readonly most?: number;
  /** The least itself is not allowed. */
  readonly above?: boolean;
  readonly whole?: boolean;
}

const whole = (standard: number, least: number, most = 2 ** 31 - 1): Rule => ({ standard, least, most, whole: true });
const share = (standard: number): Rule => ({ standard, least: 0, above: true, most: 1 });
const penalty = (standard: number): Rule => ({ standard, least: 0 });

/** LightGBM's parameters under its own names in camel case, with its own standard values. */
const rules = {
  numIterations: whole(100, 1),
  learningRate: { standard: 0.1, least: 0, above: true },
  numLeaves: whole(31, 2, 131_072),
  /** −1: no bound. */
  maxDepth: whole(-1, -1),
  minDataInLeaf: whole(20, 0),
  minSumHessianInLeaf: penalty(1e-3),
  featureFraction: share(1),
  baggingFraction: share(1),
  /** Draws rows anew every so many iterations; 0 switches bagging off. LightGBM's standard is 0. */
  baggingFreq: whole(1, 0),
  lambdaL1: penalty(0),
  lambdaL2: penalty(0),
  minGainToSplit: penalty(0),
  maxBin: whole(255, 2, 65_535),
  catSmooth: penalty(10),
  catL2: penalty(10),
  maxCatThreshold: whole(32, 1),
  maxCatToOnehot: whole(4, 1),
  minDataPerGroup: whole(100, 1),
  /** Iterations without a better validation loss after which training ends; 0: never. */
  earlyStoppingRound: whole(0, 0),
} as const satisfies Record<string, Rule>;

type NumericParameter = keyof typeof rules;
const names = Object.keys(rules) as NumericParameter[];

export type LightGbmParameters = Readonly<Record<NumericParameter, number>> & {
  /** `native` splits sets of categories; `codes` treats their codes as numbers, whose order says little. */
  readonly categoricalSplits: 'native' | 'codes';
};

export type LightGbmConfig = LightGbmParameters & ModelFeatures & { readonly kind: 'lightgbm' };

/** The model for the features that preprocessing produces; what is not given has its standard value. Throws ModelConfigError. */
export function lightGbmConfig(fitted: FittedPreprocessing, given: Partial<LightGbmParameters> = {}): LightGbmConfig {
  const standard = Object.fromEntries(names.map((name) => [name, rules[name].standard])) as Record<
    NumericParameter,
    number
  >;
  return checkLightGbmConfig({
    ...standard,
    categoricalSplits: 'native',
    ...given,
    kind: 'lightgbm',
    ...modelFeatures(fitted),
  });
}

/** Returns the config unchanged, or throws ModelConfigError naming the field, its value and the rule. */
export function checkLightGbmConfig(config: LightGbmConfig): LightGbmConfig {
  const refuse = (field: string, value: unknown, rule: string): never => {
    const text = typeof value === 'number' ? String(value) : JSON.stringify(value);
    throw new ModelConfigError(`model.${field} is ${text}: ${rule}`, { field, value, rule });
  };
  const known = new Set<string>([...names, 'categoricalSplits', 'kind', 'categorical', 'numeric']);
  for (const [field, value] of Object.entries(config)) {
    if (!known.has(field)) refuse(field, value, `there is no such parameter; known are ${[...known].join(', ')}`);
  }
  for (const name of names) if (!fits(config[name], rules[name])) refuse(name, config[name], inWords(rules[name]));
  if (config.kind !== 'lightgbm') refuse('kind', config.kind, 'must be lightgbm');
  if (!['native', 'codes'].includes(config.categoricalSplits)) {
    refuse('categoricalSplits', config.categoricalSplits, 'must be native or codes');
  }
  if (config.categorical.length + config.numeric.length === 0) {
    refuse('features', 0, 'there must be at least one feature');
  }
  return config;
}

function fits(value: number, { least, most = Number.MAX_VALUE, above, whole: integer }: Rule): boolean {
  if (typeof value !== 'number' || (integer && !Number.isInteger(value))) return false;
  return (above ? value > least : value >= least) && value <= most;
}

function inWords({ least, most, above, whole: integer }: Rule): string {
  const kind = integer ? 'an integer' : 'a number';
  return `must be ${kind} ${above ? 'above' : 'from'} ${least}${most === undefined ? '' : ` up to ${most}`}`;
}

/** As LightGBM reads it. One thread and `deterministic`: the same rows and seed give the same trees. */
export function parameterText(config: LightGbmConfig, seed: number): string {
  const tuned = names
    // Early stopping is decided here, and the iterations are asked for one by one.
    .filter((name) => name !== 'earlyStoppingRound' && name !== 'numIterations')
    .map((name) => `${snakeCase(name)}=${config[name]}`);
  const native = config.categoricalSplits === 'native' && config.categorical.length > 0;
  const fixed = [
    'objective=binary',
    'metric=binary_logloss',
    'num_threads=1',
    'deterministic=true',
    'force_row_wise=true',
    'verbosity=-1',
    // LightGBM takes 31 bits.
    `seed=${seed & 0x7fffffff}`,
    ...(native ? [`categorical_feature=${config.categorical.map((_, index) => index).join(',')}`] : []),
  ];
  return [...fixed, ...tuned].join(' ');
}

const snakeCase = (name: string): string =>
  name.replace(/[A-Z0-9]+/g, (part) => (/^\d/.test(part) ? part : `_${part.toLowerCase()}`));
