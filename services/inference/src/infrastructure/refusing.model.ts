import { ServiceError } from '@perennial/service';
import type { ServableModel } from '../application/ports';
import { type Categories, unknownCategory } from '../domain/unknown.categories';

/** The model, refusing rows with a category that it has never seen. `predict` throws UNKNOWN_CATEGORY (400). */
export function refusingUnknown(model: ServableModel, categories: Categories): ServableModel {
  return {
    signature: model.signature,
    decisionThreshold: model.decisionThreshold,
    predict: async (rows, options) => {
      const found = unknownCategory(rows, categories);
      if (found === null) return model.predict(rows, options);
      const { row, input, value, rule } = found;
      const message = `Row ${row}: ${input} ${rule}; got ${JSON.stringify(value)}`;
      throw new ServiceError('UNKNOWN_CATEGORY', 400, message, { ...found });
    },
    isFull: () => model.isFull?.() ?? false,
    hold: (pinned) => model.hold?.(pinned),
    close: () => model.close(),
  };
}
