import { z } from 'zod';
import { chosenOption, nearestKey } from './known-keys';
import { modelSchema } from './model.schema';
import type { Path } from './path';
import { schemaFindings, type Finding } from './schema.problems';
import type { ParsedPipeline } from './pipeline.schema';
import { type ParsedSearch, type SearchDeclaration, type SearchParameter, searchSchema } from './search.schema';
import { trainingSchema } from './training.schema';

type Fields = Readonly<Record<string, z.ZodType>>;
type Map = Readonly<Record<string, unknown>>;

const isMap = (value: unknown): value is Map => typeof value === 'object' && value !== null && !Array.isArray(value);
const isRange = (value: unknown): value is Map => isMap(value) && ('min' in value || 'max' in value);
const isChoice = (value: unknown): value is Map => isMap(value) && 'choices' in value;

/** Kinds of model that there are. */
function kinds(): string[] {
  const options = modelSchema.def.innerType.options as readonly z.ZodObject[];
  return options.map(({ shape }) => [...(shape.kind as z.ZodLiteral).values][0] as string);
}

/** What may be searched of a kind, with its rules; trees bring their own counterpart of most of `training`. */
function fieldsOf(kind: string): Fields {
  const { kind: _kind, ...ofModel } = (chosenOption(modelSchema, { kind }) as z.ZodObject).shape as Fields;
  const { seed: _seed, earlyStopping: _early, pretraining: _before, ...ofTraining } = trainingSchema.shape;
  if (!('learningRate' in ofModel)) return { ...ofModel, ...ofTraining };
  return { ...ofModel, classWeights: ofTraining.classWeights };
}

const accepts = (field: z.ZodType, value: unknown): boolean => field.safeParse(value).success;
const takesNumbers = (field: z.ZodType): boolean => [0, 0.5, 1, 2].some((value) => accepts(field, value));
const takesWholeNumbersOnly = (field: z.ZodType): boolean => accepts(field, 2) && !accepts(field, 1.5);

/** Fields of a search that are valid each by itself. */
export function validSearch(declared: unknown): Partial<ParsedSearch> {
  const { space, budget, halving } = searchSchema.shape;
  const { space: given, ...rest } = isMap(declared) ? declared : {};
  return {
    space: space.safeParse(given).data,
    budget: budget.safeParse(rest.budget).data,
    halving: halving.safeParse(rest.halving).data,
  };
}

/** Everything wrong with a search, each with its place below `path`. */
export function searchFindings({ space, halving }: Partial<ParsedSearch>, path: Path): Finding[] {
  const at = [...path, 'space'];
  if (!space) return halvingFindings(halving, [...path, 'halving', 'minimum']);
  const names = Object.keys(space);
  if (names.length === 0) {
    return [{ path: at, rule: `must name at least one of ${kinds().join(', ')}`, value: space }];
  }
  const ofSpace = names.flatMap((kind) => kindFindings(kind, space[kind] as Map, [...at, kind]));
  return [...halvingFindings(halving, [...path, 'halving', 'minimum']), ...ofSpace];
}

function halvingFindings(halving: ParsedSearch['halving'] | undefined, path: Path): Finding[] {
  if (!halving || halving.minimum <= 1 / halving.factor) return [];
  const rule = `must be at most 1/factor (${1 / halving.factor}), or nothing is halved`;
  return [{ path, rule, value: halving.minimum }];
}

function unknownKey(path: Path, name: string, known: readonly string[], what: string, value: unknown): Finding {
  const near = nearestKey(name, known);
  const advice = near === null ? `known are ${known.join(', ')}` : `did you mean ${near}?`;
  return { path, rule: `is not a known ${what}; ${advice}`, value, key: true };
}

function kindFindings(kind: string, parameters: Map, path: Path): Finding[] {
  if (!kinds().includes(kind)) return [unknownKey(path, kind, kinds(), 'kind of model', parameters)];
  const fields = fieldsOf(kind);
  const findings = Object.entries(parameters).flatMap(([name, value]): Finding[] => {
    const field = fields[name];
    if (field) return parameterFindings(field, value, [...path, name]);
    return [unknownKey([...path, name], name, Object.keys(fields), `parameter of ${kind}`, value)];
  });
  return findings.length > 0 ? findings : headsFindings(fields, parameters, path);
}

function parameterFindings(field: z.ZodType, value: unknown, path: Path): Finding[] {
  if (isRange(value)) return rangeFindings(field, value, path);
  if (isChoice(value)) return choiceFindings(field, value, path);
  if (isMap(value)) return [{ path, rule: 'must be {min, max}, {choices} or a constant', value }];
  return valueFindings(field, value, path);
}

/** The rules of the field itself, at the place of the value. */
const valueFindings = (field: z.ZodType, value: unknown, path: Path): Finding[] =>
  schemaFindings(z.strictObject({ value: field }), { value }).map(({ rule, path: [, ...rest], value: found }) => ({
    path: [...path, ...rest],
    rule,
    value: found,
  }));

const rangeShape = z.strictObject({
  min: z.number(),
  max: z.number(),
  scale: z.enum(['linear', 'log']).default('linear'),
  integer: z.boolean().optional(),
});

function rangeFindings(field: z.ZodType, value: Map, path: Path): Finding[] {
  if (!takesNumbers(field)) return [{ path, rule: 'must be {choices} or a constant: it is no number', value }];
  const shape = schemaFindings(rangeShape, value).map((finding) => ({ ...finding, path: [...path, ...finding.path] }));
  if (shape.length > 0) return shape;
  const { min, max, scale, integer } = rangeShape.parse(value);
  const bounds = (['min', 'max'] as const).flatMap((bound) => valueFindings(field, value[bound], [...path, bound]));
  if (bounds.length > 0) return bounds;
  const whole = integer ?? takesWholeNumbersOnly(field);
  const findings: Finding[] = [];
  const refuse = (name: string, rule: string, found: unknown) =>
    findings.push({ path: [...path, name], rule, value: found });
  if (integer === false && takesWholeNumbersOnly(field)) refuse('integer', 'must be true: these are integers', integer);
  if (min >= max) refuse('max', `must be greater than min (${min})`, max);
  if (scale === 'log' && min < (whole ? 1 : Number.MIN_VALUE)) {
    refuse('min', `must be ${whole ? 'at least 1' : 'greater than 0'} on a logarithmic scale`, min);
  }
  if (whole && !(Number.isInteger(min) && Number.isInteger(max))) refuse('min', 'must be an integer, as max', min);
  return findings;
}

function choiceFindings(field: z.ZodType, value: Map, path: Path): Finding[] {
  const shape = z.strictObject({ choices: z.array(z.unknown()).min(1) });
  const findings = schemaFindings(shape, value).map((finding) => ({ ...finding, path: [...path, ...finding.path] }));
  if (findings.length > 0) return findings;
  const choices = value.choices as readonly unknown[];
  const texts = choices.map((choice) => JSON.stringify(choice));
  return choices.flatMap((choice, index) =>
    texts.indexOf(texts[index] as string) < index
      ? [{ path: [...path, 'choices', index], rule: 'must be there once', value: choice }]
      : valueFindings(field, choice, [...path, 'choices', index]),
  );
}

/** Every width that may be chosen must be a multiple of every number of heads. */
function headsFindings(fields: Fields, parameters: Map, path: Path): Finding[] {
  if (!('heads' in fields) || !('heads' in parameters || 'dModel' in parameters)) return [];
  const ranged = ['dModel', 'heads'].find((name) => isRange(parameters[name]));
  if (ranged) {
    const rule = 'must be {choices} or a constant: dModel must be a multiple of heads';
    return [{ path: [...path, ranged], rule, value: parameters[ranged] }];
  }
  const values = (name: string): number[] => {
    const given = parameters[name] ?? fields[name]?.parse(undefined);
    return (isChoice(given) ? given.choices : [given]) as number[];
  };
  return values('dModel').flatMap((dModel) =>
    values('heads').flatMap((heads) =>
      dModel % heads === 0
        ? []
        : [{ path: [...path, 'dModel'], rule: `must be divisible by heads (${heads})`, value: dModel }],
    ),
  );
}

/** The declaration in its full form; what is not searched of a kind keeps the value it has elsewhere. */
export function resolveSearch(search: ParsedSearch): SearchDeclaration {
  const ofKind = (kind: string, parameters: Map) => {
    const fields = fieldsOf(kind);
    return Object.fromEntries(
      Object.entries(parameters).map(([name, value]) => [name, fullForm(fields[name] as z.ZodType, value)]),
    );
  };
  const space = Object.entries(search.space).map(([kind, parameters]) => [kind, ofKind(kind, parameters)]);
  return { ...search, space: Object.fromEntries(space) as SearchDeclaration['space'] };
}

function fullForm(field: z.ZodType, value: unknown): SearchParameter {
  if (isChoice(value)) return value as unknown as SearchParameter;
  if (!isRange(value)) return { choices: [value as number] };
  const { integer, ...range } = rangeShape.parse(value);
  return { ...range, integer: integer ?? takesWholeNumbersOnly(field) };
}

/** One point of a search's space. */
export interface SearchedConfiguration {
  kind: string;
  parameters: Readonly<Record<string, unknown>>;
}

/**
 * What is trained of a configuration: the pipeline's own model where it is of this kind, otherwise the kind's standard
 * one, and `training`, each with the searched parameters in place. Decay and momentum are those of their optimiser only.
 */
export function searchedModel(
  { model, training }: Pick<ParsedPipeline, 'model' | 'training'>,
  { kind, parameters }: SearchedConfiguration,
): Pick<ParsedPipeline, 'model' | 'training'> {
  const ofModel = (chosenOption(modelSchema, { kind }) as z.ZodObject).shape;
  const chosen = (own: boolean) =>
    Object.fromEntries(Object.entries(parameters).filter(([name]) => name in ofModel === own));
  // Of trees the epochs and the rate of `training` are the model's own, which mean nothing to networks.
  const { classWeights, seed } = training;
  const declared = model.kind === 'lightgbm' ? { classWeights, seed } : training;
  const trained = trainingSchema.parse({ ...declared, ...chosen(false) });
  return {
    model: modelSchema.parse({ ...(model.kind === kind ? model : {}), kind, ...chosen(true) }),
    training: {
      ...trained,
      momentum: trained.optimizer === 'sgd' ? trained.momentum : 0,
      weightDecay: trained.optimizer === 'adamw' ? trained.weightDecay : 0,
    },
  };
}
