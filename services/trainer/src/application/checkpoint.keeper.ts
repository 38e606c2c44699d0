import type { FileReference } from '@perennial/contracts';
import { type Clock, codeOf, type Logger } from '@perennial/messaging';
import type { Stage } from '../domain/kept.work';
import type { ClaimedRun } from './claim.run';
import type { FileStore, TrainingMetrics } from './ports';
import type { WriteRun } from './patient.write';
import { StaleClaimError } from './stale-claim.error';

/** Files that matter only until their run is over; nothing else is in this bucket. */
export const CHECKPOINTS = 'checkpoints';

export interface KeeperNeeds {
  files: FileStore;
  metrics: TrainingMetrics;
  clock: Clock;
  logger: Logger;
  /** At least so long between two checkpoints of a training; 0: none is kept. */
  checkpointSeconds: number;
}

/**
 * Keeps in the store how far a training of a run got. It never holds the training up: one file is on its way at a time,
 * what comes meanwhile or too soon is left out, and a failure is logged.
 */
export class CheckpointKeeper {
  private earliest: number;
  private underWay = false;
  private overtaken = false;
  /** Obsolete files that are gone, until the run knows. */
  private deleted: string[] = [];

  constructor(
    private readonly needs: KeeperNeeds,
    private readonly claimed: Pick<ClaimedRun, 'run' | 'claim'>,
    private readonly training: number,
    private readonly write: WriteRun,
  ) {
    this.earliest = this.next();
  }

  offer(stage: Stage, content: Uint8Array): void {
    const early = stage === 'checkpoint' && this.needs.clock.now().getTime() < this.earliest;
    if (early || this.underWay || this.overtaken) return;
    this.underWay = true;
    void this.keep(stage, content).finally(() => {
      this.underWay = false;
      this.earliest = this.next();
    });
  }

  private next = (): number => this.needs.clock.now().getTime() + this.needs.checkpointSeconds * 1000;

  private async keep(stage: Stage, content: Uint8Array): Promise<void> {
    const { files, metrics, logger } = this.needs;
    const { run, claim } = this.claimed;
    const { runId } = run;
    const { training, deleted } = this;
    let file: FileReference | undefined;
    try {
      const name = `${runId}/${training}.${stage}`;
      file = await files.put(CHECKPOINTS, content, { mediaType: 'application/octet-stream', name });
      const kept = { claim, training, stage, file, deleted };
      const after = await this.write((at) => ({ type: 'keep-checkpoint', at, ...kept }));
      metrics.checkpoint('kept');
      this.deleted = await this.delete(after.kept.obsolete);
    } catch (err) {
      metrics.checkpoint('failed');
      this.overtaken = err instanceof StaleClaimError;
      logger.warn({ err, code: codeOf(err), runId, training }, 'checkpoint was not kept');
      // No run names it. After any other failure one may.
      if (this.overtaken && file) await this.delete([file]);
    }
  }

  /** Those that are gone; the others are tried again with the next checkpoint, or after the run. */
  private async delete(obsolete: readonly FileReference[]): Promise<string[]> {
    const gone: string[] = [];
    for (const file of obsolete) {
      try {
        await this.needs.files.delete(file);
        gone.push(file.fileId);
      } catch (err) {
        this.needs.logger.debug({ err, fileId: file.fileId }, 'an obsolete checkpoint was not deleted');
      }
    }
    return gone;
  }
}
