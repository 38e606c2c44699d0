import { Graph, sizeOf, type Value } from '@perennial/onnx-graph';
import type { Initialisation, ModelBuild, ParameterOptions } from './model.build';
import { forward, type ModelConfig, type Network } from './model.kinds';

export interface Parameter {
  readonly name: string;
  readonly shape: readonly number[];
  /** First element in the flat vector. */
  readonly offset: number;
  readonly size: number;
  readonly initialisation: Initialisation;
  /** Whether decoupled weight decay shrinks it. */
  readonly decays: boolean;
}

/** A place where the model drops. */
export interface DropoutSite {
  readonly name: string;
  readonly shape: readonly number[];
  /** Of each element to be dropped, above 0. */
  readonly probability: number;
}

export interface ModelRecord {
  readonly parameters: readonly Parameter[];
  readonly sites: readonly DropoutSite[];
}

/** Builds the network once to see what it asks for; the graph is thrown away. `batch`: rows of one step. */
export function recordModel(config: ModelConfig, batch: number, network: Network = forward): ModelRecord {
  const recorder = new Recorder(batch);
  const { categorical, numeric } = config;
  const { graph: g } = recorder;
  network(recorder, config, {
    categorical: categorical.length > 0 ? g.input('categorical', 'int32', [batch, categorical.length]) : undefined,
    numeric: numeric.length > 0 ? g.input('numeric', 'float32', [batch, numeric.length]) : undefined,
  });
  return recorder;
}

class Recorder implements ModelBuild {
  readonly graph = new Graph('record');
  readonly parameters: Parameter[] = [];
  readonly sites: DropoutSite[] = [];
  private offset = 0;

  constructor(readonly batch: number) {}

  parameter(name: string, shape: readonly number[], { initialisation, decays = false }: ParameterOptions): Value {
    const size = sizeOf(shape);
    this.parameters.push({ name, shape, offset: this.offset, size, initialisation, decays });
    this.offset += size;
    return this.graph.input(name, 'float32', shape);
  }

  dropout(x: Value, name: string, probability: number): Value {
    if (probability > 0) this.sites.push({ name, shape: x.shape as number[], probability });
    return x;
  }
}
