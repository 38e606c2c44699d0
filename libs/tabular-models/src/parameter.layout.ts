import { type Graph, reshape, sizeOf, split, type Value } from '@perennial/onnx-graph';
import { CLASSES, HEAD_WIDTHS, type TabTransformerConfig } from './tab-transformer.config';

export type Initialisation =
  | { readonly kind: 'constant'; readonly value: number }
  | { readonly kind: 'normal' }
  /** Uniform in ±bound. */
  | { readonly kind: 'uniform'; readonly bound: number };

export interface Parameter {
  readonly name: string;
  readonly shape: readonly number[];
  /** First element in the flat vector. */
  readonly offset: number;
  readonly size: number;
  readonly initialisation: Initialisation;
}

export interface ParameterLayout {
  /** Length of the flat vector. */
  readonly size: number;
  readonly parameters: readonly Parameter[];
}

type Draft = Omit<Parameter, 'offset' | 'size'>;

/** Where each parameter lies in the flat vector; names follow torch.nn modules. All embeddings form one table. */
export function parameterLayout(config: TabTransformerConfig): ParameterLayout {
  let size = 0;
  const parameters = drafts(config).map((draft) => {
    const parameter = { ...draft, offset: size, size: sizeOf(draft.shape) };
    size += parameter.size;
    return parameter;
  });
  return { size, parameters };
}

function drafts(config: TabTransformerConfig): Draft[] {
  const { dModel, layers, categorical, numeric } = config;
  const codes = categorical.reduce((sum, { cardinality }) => sum + cardinality, 0);
  const [wide, narrow] = HEAD_WIDTHS;
  return [
    ...(codes > 0
      ? [{ name: 'embeddings.weight', shape: [codes, dModel], initialisation: { kind: 'normal' } as const }]
      : []),
    ...(codes > 0 ? Array.from({ length: layers }, (_, index) => encoderLayer(`encoder.${index}`, config)).flat() : []),
    ...(numeric.length > 0 ? layerNorm('numericNorm', numeric.length) : []),
    ...linear('head.0', categorical.length * dModel + numeric.length, wide),
    ...linear('head.1', wide, narrow),
    ...linear('head.2', narrow, CLASSES),
  ];
}

function encoderLayer(name: string, { dModel, feedForward }: TabTransformerConfig): Draft[] {
  const zero = { kind: 'constant', value: 0 } as const;
  const xavier = { kind: 'uniform', bound: Math.sqrt(6 / (dModel + 3 * dModel)) } as const;
  return [
    { name: `${name}.attention.in.weight`, shape: [3 * dModel, dModel], initialisation: xavier },
    { name: `${name}.attention.in.bias`, shape: [3 * dModel], initialisation: zero },
    { name: `${name}.attention.out.weight`, shape: [dModel, dModel], initialisation: fanIn(dModel) },
    { name: `${name}.attention.out.bias`, shape: [dModel], initialisation: zero },
    ...layerNorm(`${name}.norm1`, dModel),
    ...linear(`${name}.feedForward.0`, dModel, feedForward),
    ...linear(`${name}.feedForward.1`, feedForward, dModel),
    ...layerNorm(`${name}.norm2`, dModel),
  ];
}

const fanIn = (inputs: number): Initialisation => ({ kind: 'uniform', bound: 1 / Math.sqrt(inputs) });

function linear(name: string, inputs: number, outputs: number): Draft[] {
  return [
    { name: `${name}.weight`, shape: [outputs, inputs], initialisation: fanIn(inputs) },
    { name: `${name}.bias`, shape: [outputs], initialisation: fanIn(inputs) },
  ];
}

function layerNorm(name: string, width: number): Draft[] {
  return [
    { name: `${name}.weight`, shape: [width], initialisation: { kind: 'constant', value: 1 } },
    { name: `${name}.bias`, shape: [width], initialisation: { kind: 'constant', value: 0 } },
  ];
}

/** Looks a parameter up by its name in the layout. */
export type ParameterLookup = (name: string) => Value;

/** Parameters as views of one flat graph value. */
export function parametersFromFlat(g: Graph, flat: Value, { parameters }: ParameterLayout): ParameterLookup {
  const pieces = split(
    g,
    flat,
    parameters.map(({ size }) => size),
    0,
  );
  return lookup(new Map(parameters.map(({ name, shape }, index) => [name, reshape(g, pieces[index] as Value, shape)])));
}

/** Parameters as initialisers with fixed values. */
export function parametersAsConstants(g: Graph, flat: Float32Array, layout: ParameterLayout): ParameterLookup {
  const constants = layout.parameters.map(({ name, shape, offset, size }) => {
    const data = flat.slice(offset, offset + size);
    return [name, g.constant({ type: 'float32', shape, data }, name)] as const;
  });
  return lookup(new Map(constants));
}

function lookup(values: ReadonlyMap<string, Value>): ParameterLookup {
  return (name) => {
    const value = values.get(name);
    if (!value) throw new Error(`no parameter ${name}`);
    return value;
  };
}
