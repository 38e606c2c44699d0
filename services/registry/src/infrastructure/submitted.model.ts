import { checkModel, ModelRuntimeError, openClassifier } from '@perennial/model-runtime';
import { adaptClassifier, type FileProblem, MalformedMessageError, UnsuitableModelError } from '@perennial/onnx-file';
import { type Pipeline, servedColumns } from '@perennial/pipeline';
import { ServiceError } from '@perennial/service';
import type { PrepareModel } from '../application/ports';
import type { SubmissionOptions } from '../domain/submission';
import { exampleRows, problemsOfAnswers } from './submitted.examples';

/**
 * Checks a file as every service does that loads models, makes it one from raw columns to probability, tries that in a
 * process of its own, and asks it some rows that the pipeline's schema allows.
 */
export const prepareModel: PrepareModel = async (file, pipeline, options, digest) => {
  try {
    checkModel(file);
    const { artifact, decisionThreshold, inputs, classes } = adapted(file, pipeline, options, digest);
    const columns = inputs.map(({ name }) => name);
    const problems = await answerProblems(artifact, pipeline, columns);
    if (problems.length > 0) throw new UnsuitableModelError(problems);
    return { artifact, decisionThreshold, classes, inputs: inputs.map(({ name, type }) => ({ name, type })) };
  } catch (error) {
    throw told(error);
  }
};

const adapted = (file: Uint8Array, { name, dataset }: Pipeline, options: SubmissionOptions, digest: string) =>
  adaptClassifier(file, {
    ...{ pipeline: name, columns: servedColumns(dataset), targetPositive: dataset.target.positive },
    ...{ order: options.columns, positiveClass: options.positive, output: options.output, scores: options.scores },
    ...{ decisionThreshold: options.threshold, digest },
  });

async function answerProblems(artifact: Uint8Array, { name, dataset }: Pipeline, columns: readonly string[]) {
  const model = await openClassifier(async () => artifact, { name, version: 'submitted' });
  try {
    const { complete, incomplete, nullable } = exampleRows(dataset, columns);
    const answers = await model.predict([...complete, ...incomplete]);
    return problemsOfAnswers([...answers], complete.length, nullable);
  } finally {
    await model.unload();
  }
}

function told(error: unknown): unknown {
  const unsuitable = (message: string, problems: readonly FileProblem[]) =>
    new ServiceError('UNSUITABLE_MODEL', 422, message, { problems }, { cause: error });
  if (error instanceof UnsuitableModelError) return unsuitable(error.message, error.details.problems);
  if (error instanceof MalformedMessageError) {
    return unsuitable(`file is no ONNX file: ${error.message}`, [{ field: 'file', value: null, rule: error.message }]);
  }
  if (!(error instanceof ModelRuntimeError)) return error;
  if (error.retryable) return new ServiceError(error.code, 503, error.message, error.details, { cause: error });
  if (error.code === 'WORKER_MISSING') return error;
  const { field = 'file', value = null, rule = error.message } = error.details as Partial<FileProblem>;
  return unsuitable(error.message, [{ field, value, rule }]);
}
