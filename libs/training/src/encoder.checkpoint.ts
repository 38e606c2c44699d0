import { encoderLayout, type ModelConfig } from '@perennial/tabular-models';
import { modelDifferences } from './config.difference';
import type { PretrainingConfig } from './pretraining.request';
import { encodeSections, type SectionFile } from './section.file';
import { TrainingError } from './training.error';
import type { NamedParameter } from './training.request';

/** What pretraining ends with. */
export interface EncoderCheckpoint {
  readonly model: ModelConfig;
  readonly pretraining: PretrainingConfig;
  readonly layout: readonly NamedParameter[];
  readonly parameters: Float32Array;
}

const SECTION = 'encoder';

export const encoderParameters = (model: ModelConfig): NamedParameter[] =>
  encoderLayout(model).parameters.map(({ name, shape, offset, size }) => ({ name, shape, offset, size }));

/** Header: model, pretraining, layout of the encoder's parameters. One section: these. */
export const encodeEncoder = ({ parameters, ...header }: EncoderCheckpoint): Uint8Array =>
  encodeSections({ header: { ...header }, sections: new Map([[SECTION, parameters]]) });

/** Null where the file is of a whole model. */
export function encoderOf({ header, sections }: SectionFile): EncoderCheckpoint | null {
  const parameters = sections.get(SECTION);
  return parameters ? ({ ...header, parameters } as unknown as EncoderCheckpoint) : null;
}

/**
 * Writes the encoder over the parameters of the same names at the beginning of `fresh`; the others stay. Throws
 * TrainingError `training.checkpoint-mismatch` listing every difference of the models, dropout aside, and every
 * parameter of the encoder that is missing or of another shape.
 */
export function startFromEncoder(model: ModelConfig, fresh: Float32Array, checkpoint: EncoderCheckpoint): Float32Array {
  const before = new Map(checkpoint.layout.map((parameter) => [parameter.name, parameter]));
  const now = encoderParameters(model);
  const problems = [
    ...modelDifferences(checkpoint.model, model, (field) => !/dropout$/i.test(field)),
    ...now.flatMap(({ name, shape }) => {
      const then = before.get(name);
      if (!then) return [`${name} is missing in the checkpoint`];
      if (then.shape.join() === shape.join()) return [];
      return [`${name} is [${then.shape.join(', ')}] in the checkpoint, [${shape.join(', ')}] now`];
    }),
  ];
  if (problems.length > 0) {
    const message = `the checkpoint was pretrained for another model: ${problems.join('; ')}`;
    throw new TrainingError('training.checkpoint-mismatch', message, { problems });
  }
  for (const { name, offset } of now) {
    const then = before.get(name) as NamedParameter;
    fresh.set(checkpoint.parameters.subarray(then.offset, then.offset + then.size), offset);
  }
  return fresh;
}
