import { createHash } from 'node:crypto';
import type { Classifier, ClassifierMetadata, JudgedRows, LabelledRows, RawRow } from './classifier';
import { type LoadedModel, openModel, type OpenOptions } from './loaded-model';
import { ModelRuntimeError } from './model-runtime.errors';
import type { PredictOptions, ReserveMemory } from './model.wrapper';

/** The bytes of the artifact; asked at every load. */
export type ArtifactSource = () => Promise<Uint8Array>;

/**
 * A classifier as one ONNX file, a single model or an ensemble: both are one graph from raw columns to a probability.
 * Each load is a worker of its own, which ends with it, as released sessions leak.
 */
class OnnxClassifier implements Classifier {
  private known: { metadata: ClassifierMetadata; digest: string } | undefined;
  private opening: Promise<LoadedModel> | undefined;
  /** What `opening` came to, until it is unloaded. */
  private opened: LoadedModel | undefined;

  constructor(
    private readonly artifact: ArtifactSource,
    private readonly options: OpenOptions,
  ) {}

  get metadata(): ClassifierMetadata {
    if (this.known) return this.known.metadata;
    throw this.closed();
  }

  get signature() {
    return this.metadata.signature;
  }

  get decisionThreshold() {
    return this.metadata.decisionThreshold;
  }

  async load(reserve?: ReserveMemory): Promise<void> {
    const opening = (this.opening ??= this.open(reserve));
    try {
      const opened = await opening;
      if (this.opening === opening) this.opened = opened;
    } catch (error) {
      if (this.opening === opening) this.opening = undefined;
      throw error;
    }
  }

  isFull(): boolean {
    return this.opened?.isFull() ?? false;
  }

  predict(rows: readonly RawRow[], options?: PredictOptions): Promise<Float64Array> {
    const predict = (model: LoadedModel) => model.predict(rows, options);
    return this.opened ? predict(this.opened) : this.loaded().then(predict);
  }

  async evaluate(examples: AsyncIterable<LabelledRows> | Iterable<LabelledRows>): Promise<JudgedRows> {
    const model = await this.loaded();
    const labels: ArrayLike<number>[] = [];
    const probabilities: Float64Array[] = [];
    for await (const part of examples) {
      labels.push(part.labels);
      probabilities.push(await model.predictTable(part.table));
    }
    return { labels: joined(labels), probabilities: joined(probabilities) };
  }

  async unload(): Promise<void> {
    const { opening } = this;
    this.opening = undefined;
    this.opened = undefined;
    const model = await opening?.catch(() => undefined);
    await model?.close();
  }

  private loaded(): Promise<LoadedModel> {
    return this.opening ?? Promise.reject(this.closed());
  }

  private async open(reserve: ReserveMemory | undefined): Promise<LoadedModel> {
    const bytes = await this.artifact();
    const digest = createHash('sha256').update(bytes).digest('hex');
    if (this.known && this.known.digest !== digest) throw this.changed(this.known.digest, digest);
    const model = await openModel(bytes, { ...this.options, ...(reserve && { reserve }) });
    this.known = { metadata: metadataOf(model), digest };
    return model;
  }

  private closed(): ModelRuntimeError {
    const { name, version } = this.options;
    return new ModelRuntimeError('MODEL_CLOSED', `Model ${name} ${version} is not loaded`, { name, version });
  }

  private changed(expected: string, found: string): ModelRuntimeError {
    const { name, version } = this.options;
    const message = `Model ${name} ${version} is another file than at its first load`;
    return new ModelRuntimeError('MODEL_UNLOADABLE', message, { name, version, expected, found });
  }
}

const metadataOf = (model: LoadedModel): ClassifierMetadata => ({
  ...{ name: model.name, version: model.version, kind: 'onnx-classifier', memoryBytes: model.memoryBytes },
  ...{ properties: model.metadata, signature: model.signature, decisionThreshold: model.decisionThreshold },
});

function joined(parts: readonly ArrayLike<number>[]): Float64Array {
  const whole = new Float64Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

/** A loaded classifier. Throws what the source throws, MODEL_UNLOADABLE, TRIAL_UNFINISHED or WORKER_MISSING. */
export async function openClassifier(
  artifact: ArtifactSource,
  options: OpenOptions,
  reserve?: ReserveMemory,
): Promise<Classifier> {
  const classifier = new OnnxClassifier(artifact, options);
  await classifier.load(reserve);
  return classifier;
}
