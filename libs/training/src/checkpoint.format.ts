import { type ModelConfig, parameterLayout } from '@perennial/tabular-models';
import { modelDifferences } from './config.difference';
import { decodeSections, encodeSections, invalidCheckpoint, type SectionFile } from './section.file';
import { TrainingError } from './training.error';
import type { NamedParameter, TrainingConfig } from './training.request';

export interface OptimizerState {
  /** By name, flat like the parameters. */
  readonly slots: ReadonlyMap<string, Float32Array>;
  /** Steps taken. */
  readonly step: number;
}

/** What a training ends with, and what another one may begin with. */
export interface Checkpoint {
  readonly model: ModelConfig;
  readonly training: TrainingConfig;
  readonly parameters: Float32Array;
  readonly optimizer: OptimizerState;
}

export function namedParameters(model: ModelConfig): NamedParameter[] {
  return parameterLayout(model).parameters.map(({ name, shape, offset, size }) => ({ name, shape, offset, size }));
}

export const encodeCheckpoint = (checkpoint: Checkpoint): Uint8Array => encodeSections(checkpointFile(checkpoint));

/** Header: model, training, layout of the parameters, step. Sections: parameters, and each slot as `optimizer.NAME`. */
export function checkpointFile({ model, training, parameters, optimizer }: Checkpoint): SectionFile {
  return {
    header: { model, training, layout: namedParameters(model), step: optimizer.step },
    sections: new Map([['parameters', parameters], ...slotSections('optimizer.', optimizer)]),
  };
}

/**
 * The end of a training, or where it stands in a resume checkpoint, whose other sections are left out. Throws
 * TrainingError `training.invalid-checkpoint` on anything but an intact checkpoint of this version.
 */
export const decodeCheckpoint = (source: Uint8Array): Checkpoint => checkpointOf(decodeSections(source));

export function checkpointOf({ header, sections }: SectionFile): Checkpoint {
  const { model, training, step } = header as unknown as Checkpoint & { step: number };
  const parameters = sections.get('parameters');
  if (parameters?.length !== parameterLayout(model).size)
    return invalidCheckpoint('its parameters do not fit its model');
  return { model, training, parameters, optimizer: { slots: slotsOf('optimizer.', sections), step } };
}

export const slotSections = (prefix: string, { slots }: OptimizerState) =>
  [...slots].map(([name, slot]) => [`${prefix}${name}`, slot] as const);

export const slotsOf = (prefix: string, sections: SectionFile['sections']): OptimizerState['slots'] =>
  new Map(
    [...sections]
      .filter(([name]) => name.startsWith(prefix))
      .map(([name, slot]) => [name.slice(prefix.length), slot] as const),
  );

/**
 * The checkpoint's parameters, if they mean the same thing in `model`: equal sizes, features in equal order and equal
 * vocabularies. Dropout may differ. Throws TrainingError `training.checkpoint-mismatch` listing every difference.
 */
export function parametersFor(model: ModelConfig, { model: trained, parameters }: Checkpoint): Float32Array {
  const problems = modelDifferences(trained, model, (field) => !/dropout$/i.test(field));
  if (problems.length === 0) return parameters;
  const message = `the checkpoint was trained for another model: ${problems.join('; ')}`;
  throw new TrainingError('training.checkpoint-mismatch', message, { problems });
}
