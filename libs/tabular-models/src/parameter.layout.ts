import { type Graph, reshape, split, type Value } from '@perennial/onnx-graph';
import { type Parameter, recordModel } from './model.record';
import { forward, type ModelConfig, type Network } from './model.kinds';

export interface ParameterLayout {
  /** Length of the flat vector. */
  readonly size: number;
  readonly parameters: readonly Parameter[];
}

/** Where each parameter lies in the flat vector, in the order in which the model (or another network) asks for them. */
export function parameterLayout(config: ModelConfig, network: Network = forward): ParameterLayout {
  const { parameters } = recordModel(config, 1, network);
  const last = parameters.at(-1);
  return { size: last ? last.offset + last.size : 0, parameters };
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
