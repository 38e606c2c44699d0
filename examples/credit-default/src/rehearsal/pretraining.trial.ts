import { scores } from '@perennial/classification-metrics';
import { type Table, takeRows } from '@perennial/columns';
import { openModel } from '@perennial/model-runtime';
import type { Pipeline } from '@perennial/pipeline';
import { apply, fit, type FittedPreprocessing, splitOf } from '@perennial/preprocessing-steps';
import { type ModelConfig, modelConfig } from '@perennial/tabular-models';
import { buildArtifact, pretrain, type PretrainingConfig, train, type TrainingConfig } from '@perennial/training';
import { encodedRows, labelsOf, rawInputsOf } from './encoded.day';
import type { Fold } from './fold';

/** Of one trained model on the fold's test rows. */
export interface Trial {
  readonly rocAuc: number;
  readonly prAuc: number;
  readonly brier: number;
  /** Whose parameters were kept. */
  readonly epoch: number;
  readonly seconds: number;
}

export interface PretrainedEncoder {
  readonly checkpoint: Uint8Array;
  readonly epoch: number;
  readonly epochs: number;
  /** Contrastive, on the validation rows, after the first epoch and after the one that was kept. */
  readonly loss: readonly [number, number];
  readonly seconds: number;
}

/** A fold whose rows all have features, but of which only a share is labelled. */
export class PretrainingTrials {
  private readonly fitted: FittedPreprocessing;
  private readonly model: ModelConfig;

  constructor(
    private readonly pipeline: Pipeline,
    private readonly fold: Fold,
    private readonly seed: number,
  ) {
    if (pipeline.model.kind === 'lightgbm') throw new Error('trees have no encoder that could be pretrained');
    this.fitted = fit(fold.train, pipeline);
    this.model = modelConfig(this.fitted, pipeline.model);
  }

  /** On all training rows of the fold; their labels are left out. */
  async pretrain(pretraining: PretrainingConfig): Promise<PretrainedEncoder> {
    const unlabelled = (table: Table) => ({ ...this.encoded(table), labels: new Int32Array(0) });
    const { history, epoch, checkpoint, seconds } = await pretrain({
      ...{ model: this.model, pretraining, seed: this.seed, train: unlabelled(this.fold.train) },
      validation: unlabelled(this.fold.validation),
    });
    const lossAfter = (round: number) => history[round - 1]?.validationLoss ?? NaN;
    return { checkpoint, epoch, epochs: history.length, loss: [lossAfter(1), lossAfter(epoch)], seconds };
  }

  /** Rows of the share of labels, for training and for validation. */
  labelled(share: number): { readonly train: Table; readonly validation: Table } {
    const chosen = (raw: Table) => {
      const ids = raw.columns.find(({ name }) => name === 'id')?.values as readonly string[];
      const rows = Array.from(ids.keys());
      return takeRows(
        raw,
        rows.filter((row) => splitOf(`labelled/${this.seed}`, String(ids[row])) < share),
      );
    };
    return { train: chosen(this.fold.train), validation: chosen(this.fold.validation) };
  }

  /** Trains on the labelled rows, from a pretrained encoder or from chance, and judges on the fold's test rows. */
  async trial(share: number, training: TrainingConfig, initialCheckpoint?: Uint8Array): Promise<Trial> {
    const { pipeline, fitted, model } = this;
    const rows = this.labelled(share);
    const { parameters, decisionThreshold, epoch, seconds } = await train({
      ...{ model, training, initialCheckpoint },
      ...{ train: this.encoded(rows.train), validation: this.encoded(rows.validation) },
    });
    const artifact = buildArtifact({
      ...{ fitted, modelConfig: model, parameters, decisionThreshold, pipelineName: pipeline.name },
    });
    const loaded = await openModel(artifact, { name: pipeline.name, version: 'pretraining' });
    try {
      const judged = apply(this.fold.test, fitted);
      const probabilities = await loaded.predictTable(rawInputsOf(judged));
      const terms = { threshold: decisionThreshold, averaging: 'binary' } as const;
      const { rocAuc, prAuc, brier } = scores(labelsOf(judged), probabilities, terms);
      return { rocAuc: rocAuc as number, prAuc: prAuc as number, brier: brier as number, epoch, seconds };
    } finally {
      await loaded.close();
    }
  }

  private encoded(raw: Table) {
    return encodedRows([apply(raw, this.fitted)], this.fitted);
  }
}
