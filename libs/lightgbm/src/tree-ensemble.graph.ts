import * as op from '@perennial/onnx-graph';
import type { EncodedInputs } from '@perennial/tabular-models';
import { type EnsembleColumns, ensembleColumns } from './tree-ensemble.nodes';
import type { BoosterModel } from './tree.model';

/**
 * P(positive), float32 [batch, 1]. Cardinalities are those of the categorical inputs, which are the first features.
 * Thresholds and sums are float64, as LightGBM's are: a float32 value takes the same branch, and no sum drifts.
 */
export function ensembleProbability(
  g: op.Graph,
  { sigmoid, trees }: BoosterModel,
  { categorical, numeric }: EncodedInputs,
  cardinalities: readonly number[],
): op.Value {
  const parts = [categorical, numeric].filter((part) => part !== undefined);
  const wide = parts.map((part) => op.cast(g, part, 'float64'));
  const x = op.concat(g, wide, 1);
  const raw = g.single(
    'TreeEnsembleRegressor',
    [x],
    { type: 'float32', shape: [x.shape[0] as op.Dim, 1] },
    ensembleAttributes(ensembleColumns(trees, cardinalities)),
    'ai.onnx.ml',
  );
  return op.sigmoid(g, op.mul(g, raw, op.scalar(g, sigmoid, raw)));
}

const ints = (value: readonly number[]): op.Attribute => ({ kind: 'ints', value });
const text = (value: string): op.Attribute => ({ kind: 'string', value });
const doubles = (value: readonly number[]): op.Attribute => ({ kind: 'tensor', value: op.float64(value) });

function ensembleAttributes(columns: EnsembleColumns): Record<string, op.Attribute> {
  return {
    n_targets: { kind: 'int', value: 1 },
    aggregate_function: text('SUM'),
    post_transform: text('NONE'),
    nodes_treeids: ints(columns.treeIds),
    nodes_nodeids: ints(columns.nodeIds),
    nodes_featureids: ints(columns.featureIds),
    nodes_modes: { kind: 'strings', value: columns.modes },
    nodes_values_as_tensor: doubles(columns.values),
    nodes_truenodeids: ints(columns.trueIds),
    nodes_falsenodeids: ints(columns.falseIds),
    nodes_missing_value_tracks_true: ints(columns.missingTrue),
    target_treeids: ints(columns.leafTreeIds),
    target_nodeids: ints(columns.leafNodeIds),
    target_ids: ints(columns.leafTreeIds.map(() => 0)),
    target_weights_as_tensor: doubles(columns.leafValues),
  };
}
