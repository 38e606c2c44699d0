import { createHash } from 'node:crypto';
import { checkModel, MODEL_LIMITS, ModelRuntimeError } from '@perennial/model-runtime';
import {
  adaptClassifier,
  declaredTensors,
  externalFiles,
  inlineExternalData,
  MalformedMessageError,
  type RawColumn,
  readMetadata,
  UnsuitableModelError,
} from '@perennial/onnx-file';
import { type Dataset, servedColumns } from '@perennial/pipeline';
import { ServiceError } from '@perennial/service';
import type { ModelDirectory } from './mlflow.artifacts';
import type { MlflowVersion } from './mlflow.client';
import { type MlmodelFile, readMlmodel } from './mlmodel.reader';

const MLMODEL_BYTES = 1024 * 1024;
/** Files of data beside the model. */
const MAX_FILES = 1_000;

export interface ArtifactRequest {
  directory: ModelDirectory;
  /** It may carry options of the model, and its digest: see docs/models.md. */
  tags: MlflowVersion['tags'];
  pipeline: string;
  /** Null where the pipeline is not declared: columns are then those of the model's signature. */
  dataset: Dataset | null;
}

/**
 * The model of a directory in the served form, raw columns to probability: as it is where it came from this platform, else
 * adapted like a submitted one. Throws UNSUITABLE_MODEL, DIGEST_MISMATCH and what reading the directory throws.
 */
export async function registeredArtifact(request: ArtifactRequest): Promise<Uint8Array> {
  const { directory, tags } = request;
  const mlmodel = readMlmodel(new TextDecoder().decode(await directory.read('MLmodel', MLMODEL_BYTES)));
  const file = await directory.read(mlmodel.data, MODEL_LIMITS.bytes);
  const digest = `sha256:${createHash('sha256').update(file).digest('hex')}`;
  const expected = tags.get('perennial.digest');
  if (expected !== undefined && expected !== digest) throw mismatch(mlmodel.data, expected, digest);
  try {
    const whole = await withItsData(file, mlmodel.data, directory);
    checkModel(whole);
    return isServedForm(whole) ? whole : adapted(whole, digest, mlmodel, request);
  } catch (error) {
    throw told(error);
  }
}

/** Tensors that MLflow wrote to files of their own, put back. */
async function withItsData(model: Uint8Array, path: string, directory: ModelDirectory): Promise<Uint8Array> {
  const names = externalFiles(model);
  if (names.length === 0) return model;
  const rule = `must lie in at most ${MAX_FILES} files`;
  if (names.length > MAX_FILES) throw new UnsuitableModelError([{ field: 'external data', value: names.length, rule }]);
  const folder = path.split('/').slice(0, -1);
  const files = new Map<string, Uint8Array>();
  let left: number = MODEL_LIMITS.bytes;
  for (const name of names) {
    const bytes = await directory.read([...folder, name].join('/'), left);
    left -= bytes.byteLength;
    files.set(name, bytes);
  }
  return inlineExternalData(model, files, MODEL_LIMITS.bytes);
}

const isServedForm = (model: Uint8Array): boolean => 'perennial.signature' in readMetadata(model);

function adapted(
  model: Uint8Array,
  digest: string,
  { columns: named }: MlmodelFile,
  { tags, pipeline, dataset }: ArtifactRequest,
): Uint8Array {
  const columns = dataset ? servedColumns(dataset) : named;
  if (columns === null) {
    const rule =
      'must name the columns (infer_signature of a DataFrame), or a pipeline that declares them must be named by MLFLOW_MODEL_PIPELINE';
    throw new UnsuitableModelError([{ field: 'signature.inputs', value: null, rule }]);
  }
  const text = (option: string) => tags.get(`perennial.${option}`) ?? null;
  const said = text('columns')
    ?.split(',')
    .map((name) => name.trim());
  return adaptClassifier(model, {
    ...{ pipeline, columns, targetPositive: dataset?.target.positive ?? 1, digest },
    order: said ?? orderOf(model, columns, named),
    ...{ positiveClass: text('positive'), output: text('output') },
    scores: text('scores') === 'logits' ? 'logits' : 'probabilities',
    decisionThreshold: thresholdOf(text('decision_threshold')),
  }).artifact;
}

/** Null where the file says it itself, by the names of its inputs or in its metadata; else that of the signature. */
function orderOf(model: Uint8Array, columns: readonly RawColumn[], named: MlmodelFile['columns']): string[] | null {
  const known = new Set(columns.map(({ name }) => name));
  const isSaid =
    'perennial.columns' in readMetadata(model) || declaredTensors(model).inputs.every(({ name }) => known.has(name));
  return isSaid || named === null ? null : named.map(({ name }) => name);
}

function thresholdOf(text: string | null): number | null {
  if (text === null) return null;
  const value = text.trim() === '' ? NaN : Number(text);
  if (value >= 0 && value <= 1) return value;
  const field = 'tag perennial.decision_threshold';
  throw new UnsuitableModelError([{ field, value: text, rule: 'must be a number from 0 to 1' }]);
}

/** Problems of the file as whoever registered it has to be told. */
function told(error: unknown): unknown {
  const isOfFile = error instanceof UnsuitableModelError || error instanceof MalformedMessageError;
  if (!isOfFile && !(error instanceof ModelRuntimeError)) return error;
  const { message } = error;
  const details = error instanceof MalformedMessageError ? {} : { ...error.details };
  return new ServiceError('UNSUITABLE_MODEL', 422, message, details, { cause: error, retryable: false });
}

function mismatch(path: string, expected: string, found: string): ServiceError {
  const message = `${path} is not the file that was registered: its digest is ${found}, not ${expected}`;
  return new ServiceError('DIGEST_MISMATCH', 502, message, { path, expected, found }, { retryable: false });
}
