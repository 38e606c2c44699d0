import type { Value } from '@perennial/onnx-graph';
import type { EncodedInputs } from './features';
import { ftTransformer, type FtTransformerConfig, type FtTransformerSizes } from './kinds/ft-transformer';
import {
  logisticRegression,
  type LogisticRegressionConfig,
  type LogisticRegressionSizes,
} from './kinds/logistic-regression';
import { mlp, type MlpConfig, type MlpSizes } from './kinds/mlp';
import { tabTransformer, type TabTransformerConfig, type TabTransformerSizes } from './kinds/tab-transformer';
import type { ModelBuild } from './model.build';
import type { ModelKind } from './model.kind';

export type ModelSizes = TabTransformerSizes | FtTransformerSizes | MlpSizes | LogisticRegressionSizes;
export type ModelConfig = TabTransformerConfig | FtTransformerConfig | MlpConfig | LogisticRegressionConfig;

/** Every kind of model that the engine trains. A new one is a file and a line here. */
export const modelKinds = {
  'tab-transformer': tabTransformer,
  'ft-transformer': ftTransformer,
  mlp,
  'logistic-regression': logisticRegression,
} as const satisfies { [kind in ModelConfig['kind']]: ModelKind<Extract<ModelConfig, { kind: kind }>> };

export const kindOf = <C extends ModelConfig>({ kind }: C): ModelKind<C> => modelKinds[kind] as unknown as ModelKind<C>;

/** From encoded features to whatever is made of them, row by row. */
export type Network = (build: ModelBuild, config: ModelConfig, inputs: EncodedInputs) => Value;

/** Logits [batch, classes]. */
export const forward: Network = (build, config, inputs) => kindOf(config).logits(build, config, inputs);
