import { createHash } from 'node:crypto';
import { type Checkpoint, checkpointFile, checkpointOf, slotSections, slotsOf } from './checkpoint.format';
import { differentFields, modelDifferences } from './config.difference';
import { decodeSections, encodeSections, invalidCheckpoint, type SectionFile } from './section.file';
import { TrainingError } from './training.error';
import type { EncodedRows, TrainingRequest } from './training.request';
import type { Outcome, TrainingState } from './training.state';

/** Digests of what a request brings beside its configuration. */
export interface RequestIdentity {
  readonly 'the training rows': string;
  readonly 'the validation rows': string;
  /** Null without one. */
  readonly 'the initial checkpoint': string | null;
}

export function requestIdentity({ train, validation, initialCheckpoint }: TrainingRequest): RequestIdentity {
  return {
    'the training rows': rowsDigest(train),
    'the validation rows': rowsDigest(validation),
    'the initial checkpoint': initialCheckpoint ? digestOf([initialCheckpoint]) : null,
  };
}

const rowsDigest = ({ rows, categorical, numeric, labels }: EncodedRows): string =>
  `${rows} rows, ${digestOf([categorical, numeric, labels])}`;

function digestOf(arrays: readonly (Uint8Array | Int32Array | Float32Array)[]): string {
  const hash = createHash('sha256');
  for (const array of arrays) hash.update(new Uint8Array(array.buffer, array.byteOffset, array.byteLength));
  return `sha256:${hash.digest('hex')}`;
}

/**
 * A checkpoint with the header's field `resume`, and the sections `best.parameters`, `best.optimizer.NAME` and
 * `best.probabilities` from the end of the first epoch on.
 */
export function encodeResumeCheckpoint(
  { model, training }: TrainingRequest,
  identity: RequestIdentity,
  state: TrainingState,
): Uint8Array {
  const { position, dropout, history, best, meter, parameters, optimizer } = state;
  const { header, sections } = checkpointFile({ model, training, parameters, optimizer });
  const kept = best && { round: best.round, value: best.value, ...numbersOf(best.kept) };
  return encodeSections({
    header: { ...header, resume: { identity, position, dropout, history, best: kept, meter } },
    sections: new Map([...sections, ...(best ? outcomeSections(best.kept) : [])]),
  });
}

const numbersOf = ({ threshold, optimizer }: Outcome) => ({ threshold, step: optimizer.step });

const outcomeSections = ({ parameters, optimizer, probabilities }: Outcome): (readonly [string, Float32Array])[] => [
  ['best.parameters', parameters],
  ...slotSections('best.optimizer.', optimizer),
  ['best.probabilities', probabilities],
];

interface ResumeHeader extends Pick<TrainingState, 'position' | 'dropout' | 'history' | 'meter'> {
  readonly identity: RequestIdentity;
  readonly best: ({ readonly round: number; readonly value: number | null } & ReturnType<typeof numbersOf>) | null;
}

/**
 * Where the interrupted training of this very request stood. Throws TrainingError: `training.invalid-checkpoint`, also
 * for the checkpoint of a finished training, and `training.checkpoint-mismatch` listing every difference.
 */
export function resumedState(request: TrainingRequest, source: Uint8Array): TrainingState {
  const file = decodeSections(source);
  const checkpoint = checkpointOf(file);
  const resume = file.header['resume'] as ResumeHeader | undefined;
  if (!resume) return invalidCheckpoint('it says how a training ended, not where one stood: it cannot be resumed');
  refuseDifferences(request, checkpoint, file, resume.identity);
  const { identity: _identity, best, ...rest } = resume;
  const { parameters, optimizer } = checkpoint;
  const kept = best && { round: best.round, value: best.value, kept: outcomeOf(best, file.sections) };
  return { ...rest, parameters, optimizer, best: kept };
}

function outcomeOf({ threshold, step }: ReturnType<typeof numbersOf>, sections: SectionFile['sections']): Outcome {
  const section = (name: string) => sections.get(name) ?? invalidCheckpoint(`it has no section ${name}`);
  return {
    parameters: section('best.parameters'),
    optimizer: { slots: slotsOf('best.optimizer.', sections), step },
    probabilities: section('best.probabilities'),
    threshold,
  };
}

function refuseDifferences(
  request: TrainingRequest,
  { model, training }: Checkpoint,
  { header }: SectionFile,
  identity: RequestIdentity,
): void {
  const now = checkpointFile({ ...request, parameters: new Float32Array(0), optimizer: { slots: new Map(), step: 0 } });
  const sameLayout = JSON.stringify(header['layout']) === JSON.stringify(now.header['layout']);
  const problems = [
    ...modelDifferences(model, request.model),
    ...differentFields(training, request.training, 'training.'),
    ...differentFields(identity, requestIdentity(request), 'the digest of '),
  ];
  if (problems.length === 0 && !sameLayout) problems.push('the same model has other parameters in this version');
  if (problems.length === 0) return;
  const message = `the checkpoint is of another training and cannot be resumed: ${problems.join('; ')}`;
  throw new TrainingError('training.checkpoint-mismatch', message, { problems });
}
