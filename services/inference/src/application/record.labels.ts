import { labelToldV1 } from '@perennial/contracts';
import type { PartitionSlice, Refusals } from '@perennial/messaging';
import type { Label, LabelStore } from './ports';

/** Labels that come by Kafka. What cannot be read becomes a dead letter. */
export class RecordLabels {
  constructor(
    private readonly labels: Pick<LabelStore, 'tell'>,
    private readonly refusals: Pick<Refusals, 'readable'>,
  ) {}

  async run({ records }: PartitionSlice): Promise<void> {
    const read = await this.refusals.readable(records, labelToldV1);
    const told: Label[] = read.map(({ event }) => event.data);
    if (told.length > 0) await this.labels.tell(told);
  }
}
