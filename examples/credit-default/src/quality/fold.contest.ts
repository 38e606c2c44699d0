import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import type { Table } from '@perennial/columns';
import {
  buildServedModel,
  calibrated,
  ensembleMembers,
  estimatorConfig,
  type FittedEstimator,
  joinEstimators,
  type JoinedModel,
  trainEstimator,
} from '@perennial/estimators';
import { openModel } from '@perennial/model-runtime';
import { apply, fit, type FittedPreprocessing } from '@perennial/preprocessing-steps';
import type { CreditRecord } from '../data/credit.record';
import { encodedRows, rawInputsOf, rawTable } from '../rehearsal/encoded.day';
import type { Fold } from '../rehearsal/fold';
import { libraryFile } from '../rehearsal/rehearsal.config';
import { type EncodedFold, writeFold } from './fold.file';
import { contenders, ENSEMBLE } from './quality.contenders';
import type { QualityDataset } from './quality.datasets';
import { scoresOn } from './quality.scores';

const SCRIPT = resolve(__dirname, '../../python/quality.py');
const MEMBERS = 10;

/** One fold: whoever is measured sees the same rows, and is calibrated and judged by the same functions. */
export class FoldContest {
  private readonly fitted: FittedPreprocessing;
  private readonly rows: EncodedFold;
  private readonly judged: Table;
  private readonly trained = new Map<string, FittedEstimator>();
  private foldFile: string | undefined;

  constructor(
    private readonly dataset: QualityDataset,
    records: readonly CreditRecord[],
    private readonly fold: number,
    private readonly peer: { readonly python: string; readonly folder: string },
  ) {
    const { pipeline } = dataset;
    const raw = (part: keyof Fold) =>
      rawTable({ day: '', title: '', records: records.filter((each) => dataset.part(each, fold) === part) }, pipeline);
    this.fitted = fit(raw('train'), pipeline);
    this.judged = apply(raw('test'), this.fitted);
    const encoded = (part: keyof Fold) => encodedRows([apply(raw(part), this.fitted)], this.fitted);
    this.rows = { train: encoded('train'), validation: encoded('validation'), test: encoded('test') };
  }

  async measure(contender: string) {
    if (contender === ENSEMBLE) return this.ensemble();
    if (!contenders.some(({ name }) => name === contender)) return this.ofPeer(contender);
    const estimator = await this.estimator(contender);
    return { ...(await this.served([{ estimator, weight: 1 }])), seconds: estimator.seconds };
  }

  private async estimator(name: string): Promise<FittedEstimator> {
    const known = this.trained.get(name);
    if (known) return known;
    const contender = contenders.find((each) => each.name === name);
    if (!contender) throw new RangeError(`nobody is called ${name}`);
    const { pretraining, ...training } = qualityTraining(this.dataset);
    const request = {
      model: estimatorConfig(this.fitted, contender.model),
      training: { ...training, ...contender.training, seed: this.fold + 1 },
      pretraining,
      ...this.rows,
    };
    const estimator = await trainEstimator(request, { library: { file: libraryFile() } });
    this.trained.set(name, estimator);
    return estimator;
  }

  /** The best of all of ours on the validation rows. */
  private async ensemble() {
    const all: FittedEstimator[] = [];
    for (const { name } of contenders) all.push(await this.estimator(name));
    const { labels } = this.rows.validation;
    const members = ensembleMembers(all, labels, { size: MEMBERS, metric: 'rocAuc' });
    const seconds = all.reduce((sum, each) => sum + each.seconds, 0);
    return { ...(await this.served(members ?? [{ estimator: all[0] as FittedEstimator, weight: 1 }])), seconds };
  }

  /** By the served file, from raw columns. */
  private async served(members: JoinedModel['members']) {
    const joined = joinEstimators(members, this.rows.validation.labels, 'sigmoid');
    const { fitted } = this;
    const { name } = this.dataset.pipeline;
    const artifact = buildServedModel(
      { fitted, decisionThreshold: joined.decisionThreshold, pipelineName: name },
      joined,
    );
    const loaded = await openModel(artifact, { name, version: 'quality' });
    try {
      const probabilities = await loaded.predictTable(rawInputsOf(this.judged));
      return scoresOn(this.rows.test.labels, probabilities, loaded.decisionThreshold);
    } finally {
      await loaded.close();
    }
  }

  private async ofPeer(contender: string) {
    const answer = join(this.peer.folder, 'answer.json');
    if (!this.foldFile) {
      this.foldFile = join(this.peer.folder, `fold-${this.fold}.json`);
      writeFold(this.foldFile, this.rows, this.fitted);
    }
    await promisify(execFile)(this.peer.python, [SCRIPT, this.foldFile, contender, String(this.fold + 1), answer]);
    const { validation, test, seconds } = JSON.parse(readFileSync(answer, 'utf8')) as PeerAnswer;
    const estimator = { checkpoint: new Uint8Array(), validationProbabilities: Float32Array.from(validation) };
    const joined = joinEstimators([{ estimator, weight: 1 }], this.rows.validation.labels, 'sigmoid');
    const probabilities = calibrated(joined.calibration, Float32Array.from(test));
    return { ...scoresOn(this.rows.test.labels, probabilities, joined.decisionThreshold), seconds };
  }
}

/** Of the positive class, before calibration. */
interface PeerAnswer {
  readonly validation: readonly number[];
  readonly test: readonly number[];
  readonly seconds: number;
}

/** The documented training: the example's own has fewer epochs. */
const qualityTraining = ({ pipeline: { training } }: QualityDataset) => ({ ...training, epochs: 10 });
