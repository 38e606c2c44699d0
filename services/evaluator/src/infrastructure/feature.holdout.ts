import type { Column, NumericColumn, Table } from '@perennial/columns';
import type { ModelReference } from '@perennial/contracts';
import type { FeatureReader, FeatureRows } from '@perennial/feature-reader';
import { type Classifier, type LabelledRows, openClassifier } from '@perennial/model-runtime';
import type { ObjectStore } from '@perennial/object-store';
import { wholeBatches } from '../domain/whole.batches';
import type { Holdout, HoldoutScoring, ScoredHoldout } from '../application/score.models';

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

/** Rows that the model is run on at once: the results of a batch may depend on its size in their last bit. */
const BATCH_ROWS = 1_024;

/** Runs a stored artifact over the holdout rows of a feature view, one row group after the other. */
export class FeatureHoldout implements HoldoutScoring {
  constructor(
    private readonly artifacts: Pick<ObjectStore, 'get'>,
    private readonly features: Pick<FeatureReader, 'open'>,
  ) {}

  async score(reference: ModelReference, { batch, share }: Holdout, signal: AbortSignal): Promise<ScoredHoldout> {
    const bytes = await this.artifacts.get(reference.artifact);
    signal.throwIfAborted();
    const version = reference.version ?? reference.runId ?? reference.artifact.digest;
    const options = { name: batch.view, version, niceness: JUDGING_NICENESS, maxBatchRows: BATCH_ROWS };
    const model = await openClassifier(async () => bytes, options);
    try {
      const source = await this.holdout(model, batch, share, signal);
      return await model.evaluate(labelled(source, signal));
    } finally {
      await model.unload();
    }
  }

  private holdout(
    model: Classifier,
    batch: Holdout['batch'],
    share: number,
    signal: AbortSignal,
  ): Promise<FeatureRows> {
    const query = {
      view: batch.view,
      version: batch.viewVersion,
      batches: [batch.batchId],
      columns: ['label', ...model.signature.inputs.map(({ name }) => `${RAW}${name}`)],
      split: { from: 0, to: share },
      labelledOnly: true,
    };
    return this.features.open(query, { signal });
  }
}

async function* labelled(source: FeatureRows, signal: AbortSignal): AsyncGenerator<LabelledRows> {
  for await (const rows of wholeBatches(source.groups(), BATCH_ROWS)) {
    signal.throwIfAborted();
    yield { table: inputsOf(rows), labels: labelsOf(rows) };
  }
}
