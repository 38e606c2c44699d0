import type { InferAnswer, InferCall } from '@perennial/open-inference';
import { ServiceError } from '@perennial/service';
import type { Predictions } from '../../application/predict.rows';
import { enrichmentParameters } from '../enrichment.view';

const ENTITY = 'entity_key';

/** What the outputs do not say; parameters are scalars, so a list is a JSON text with an entry for each row. */
export function answerParameters(
  { arm, predictions }: Predictions,
  outputs: readonly { name: string }[],
): NonNullable<InferAnswer['parameters']> {
  const named = outputs.some(({ name }) => name === 'prediction_id');
  const cached = predictions.reduce((count, each) => count + Number(each.cached ?? false), 0);
  return {
    arm,
    ...(!named && { prediction_ids: JSON.stringify(predictions.map(({ predictionId }) => predictionId)) }),
    ...(cached > 0 && { cached_rows: cached }),
    ...enrichmentParameters(predictions),
  };
}

/** Whom the request is about, where its parameters say it: on a stream all requests share the metadata. */
export function entityParameter({ parameters }: InferCall): string | undefined {
  const value = parameters[ENTITY];
  if (value === undefined) return undefined;
  if (typeof value === 'string' || typeof value === 'bigint' || Number.isSafeInteger(value)) return String(value);
  const input = `parameters.${ENTITY}`;
  const rule = 'must be a text or a whole number';
  throw new ServiceError('INVALID_INPUT', 400, `${input} ${rule}; got ${JSON.stringify(value)}`, {
    input,
    value,
    rule,
  });
}
