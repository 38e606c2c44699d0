import { type Column, type NumericColumn, type Table } from '@perennial/columns';
import type { ModelReference } from '@perennial/contracts';
import type { FeatureReader } from '@perennial/feature-reader';
import { openModel, type LoadedModel } from '@perennial/model-runtime';
import type { ObjectStore } from '@perennial/object-store';
import type { Holdout, HoldoutScoring, ScoredHoldout } from '../application/judge.models';

const RAW = 'raw.';
/** Nobody waits for a verdict as clients wait for predictions. */
const JUDGING_NICENESS = 5;

function labelsOf(table: Table): Float64Array {
  const label = table.columns.find(({ name }) => name === 'label');
  if (!label || label.type === 'string') throw new TypeError('the view has no numeric column named label');
  return (label as NumericColumn).values;
}

/** The model's inputs under the names the artifact knows. */
const inputsOf = ({ rows, columns }: Table): Table => ({
  rows,
  columns: columns
    .filter(({ name }) => name.startsWith(RAW))
    .map((column) => ({ ...column, name: column.name.slice(RAW.length) }) as Column),
});

/** Runs a stored artifact over the holdout rows of a feature view. */
export class FeatureHoldout implements HoldoutScoring {
  constructor(
    private readonly artifacts: ObjectStore,
    private readonly features: FeatureReader,
  ) {}

  async score(reference: ModelReference, { batch, share }: Holdout, signal: AbortSignal): Promise<ScoredHoldout> {
    const bytes = await this.artifacts.get(reference.artifact);
    signal.throwIfAborted();
    const version = reference.version ?? reference.runId ?? reference.artifact.digest;
    const model = await openModel(bytes, { name: batch.view, version, niceness: JUDGING_NICENESS });
    try {
      const table = await this.holdout(model, batch, share, signal);
      return { labels: labelsOf(table), probabilities: await model.predictTable(inputsOf(table)) };
    } finally {
      await model.close();
    }
  }

  private holdout(model: LoadedModel, batch: Holdout['batch'], share: number, signal: AbortSignal): Promise<Table> {
    const query = {
      view: batch.view,
      version: batch.viewVersion,
      batches: [batch.batchId],
      columns: ['label', ...model.signature.inputs.map(({ name }) => `${RAW}${name}`)],
      split: { from: 0, to: share },
      labelledOnly: true,
    };
    return this.features.read(query, { signal });
  }
}
