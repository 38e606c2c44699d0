import { day as dayField } from '@perennial/contracts';
import { ServiceError } from '@perennial/service';
import type { CataloguedDataset, DatasetCatalogue } from '../application/dataset.catalogue';

/** Throws 404 where no pipeline declares the dataset. */
export function datasetOf(catalogue: DatasetCatalogue, name: string): CataloguedDataset {
  const found = catalogue.get(name);
  if (found) return found;
  const known = catalogue.all().map(({ dataset }) => dataset.name);
  throw new ServiceError('UNKNOWN_DATASET', 404, `dataset ${name}: no pipeline declares it`, {
    field: 'name',
    value: name,
    rule: `must be one of ${known.join(', ')}`,
  });
}

/** Throws 400 where the text is not a day of the calendar. */
export function dayOf(text: string): string {
  if (dayField.safeParse(text).success) return text;
  const rule = 'must be a calendar day as yyyy-MM-dd';
  throw new ServiceError('INVALID_DAY', 400, `day ${text}: ${rule}`, { field: 'day', value: text, rule });
}
