import { parameterLayout } from '@perennial/tabular-models';
import type { EncodedRows } from '@perennial/training';
import { BenchError } from '../bench.error';
import { documentedModel } from '../documented.model';
import type { Peer } from '../peer.process';

/** Rows, sizes and rates for the peer, which answers with the number of its parameters. */
export async function preparePeer(
  peer: Peer,
  rows: EncodedRows,
  { dropouts, learningRate }: { dropouts: readonly number[]; learningRate: number },
): Promise<void> {
  const { categorical, numeric, dModel, heads, layers, feedForward } = documentedModel;
  const theirs = await peer.request<{ parameters: number }>('prepare', {
    model: { dModel, heads, layers, feedForward, numeric: numeric.length },
    dropouts: [...new Set(dropouts)],
    cardinalities: categorical.map(({ cardinality }) => cardinality),
    learningRate,
    rows: rows.rows,
    categorical: [...rows.categorical],
    numeric: [...rows.numeric],
    labels: [...rows.labels],
  });
  const ours = parameterLayout(documentedModel).size;
  if (theirs.parameters !== ours) {
    const message = `the models differ: ${ours} parameters here, ${theirs.parameters} in the peer`;
    throw new BenchError('bench.disagreement', message, { ours, theirs: theirs.parameters });
  }
}
