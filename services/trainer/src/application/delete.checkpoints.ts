import type { Clock } from '@perennial/messaging';
import type { FileStore, RunStore } from './ports';
import type { RunLedger } from './run.ledger';

/** Runs that are cleared in one round. */
const LIMIT = 100;

/**
 * Deletes what was kept of runs that are over, however they ended. Repeated by any trainer until it is done and recorded,
 * so that a crash in between leaves nothing behind.
 */
export class DeleteCheckpoints {
  constructor(
    private readonly runs: RunStore,
    private readonly files: Pick<FileStore, 'delete'>,
    private readonly ledger: RunLedger,
    private readonly clock: Clock,
  ) {}

  async run(): Promise<void> {
    for (const stored of await this.runs.leftovers(LIMIT)) {
      const { obsolete } = stored.run.kept;
      for (const file of obsolete) await this.files.delete(file);
      const deleted = obsolete.map(({ fileId }) => fileId);
      await this.ledger.apply(stored, { type: 'delete-checkpoints', at: this.clock.now(), deleted });
    }
  }
}
