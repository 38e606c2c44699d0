import type { FileReference } from '@perennial/contracts';
import { codeOf, isRetryable } from '@perennial/messaging';
import type { Stage } from '../domain/kept.work';
import { CHECKPOINTS, CheckpointKeeper, type KeeperNeeds } from './checkpoint.keeper';
import type { ClaimedRun } from './claim.run';
import type { Estimators, TrialOptions, TrialRequest, TrialResult } from './ports';
import type { WriteRun } from './patient.write';

export interface ResumableNeeds extends KeeperNeeds {
  estimators: Pick<Estimators, 'train' | 'encode' | 'decode'>;
}

/** What was kept of the very same training may still not be what it takes, as after an upgrade. */
const REFUSALS = ['training.invalid-checkpoint', 'training.checkpoint-mismatch'];

/** The n-th training of a run: it keeps how far it got, and goes on where a trainer that was lost left it. */
export class ResumableTraining {
  constructor(
    private readonly needs: ResumableNeeds,
    private readonly claimed: ClaimedRun,
    private readonly training: number,
    private readonly write: WriteRun,
  ) {}

  /** What an earlier trainer of the run ended this training with; null where none did. */
  async ended(): Promise<TrialResult | null> {
    const bytes = await this.kept('result');
    if (!bytes) return null;
    try {
      return this.needs.estimators.decode(bytes);
    } catch (error) {
      this.refused(error);
      return null;
    }
  }

  /** To be recorded with the end of the training. */
  async keepResult(result: TrialResult): Promise<FileReference | null> {
    if (this.needs.checkpointSeconds === 0) return null;
    const name = `${this.claimed.run.runId}/${this.training}.result`;
    const content = this.needs.estimators.encode(result, name);
    return this.needs.files.put(CHECKPOINTS, content, { mediaType: 'application/octet-stream', name });
  }

  /** The same result, to the bit but for its times, whether it was interrupted or not. */
  async train(request: TrialRequest, options: TrialOptions): Promise<TrialResult> {
    const { estimators, checkpointSeconds, logger, metrics } = this.needs;
    const all = { ...options, ...this.keeping() };
    const [encoder, resumeFrom] = [await this.kept('encoder'), await this.kept('checkpoint')];
    const anew = { ...request, checkpointSeconds };
    if (!encoder && !resumeFrom) return estimators.train(anew, all);
    const { runId } = this.claimed.run;
    logger.info({ runId, training: this.training }, 'training goes on where an earlier trainer left it');
    try {
      const result = await estimators.train({ ...anew, encoder, resumeFrom }, all);
      metrics.checkpoint('resumed');
      return result;
    } catch (error) {
      if (!REFUSALS.includes(codeOf(error))) throw error;
      this.refused(error);
      return estimators.train(anew, all);
    }
  }

  private keeping(): Pick<TrialOptions, 'onCheckpoint' | 'onPretrained'> {
    if (this.needs.checkpointSeconds === 0) return {};
    const keeper = new CheckpointKeeper(this.needs, this.claimed, this.training, this.write);
    return {
      onCheckpoint: (bytes) => keeper.offer('checkpoint', bytes),
      onPretrained: (bytes) => keeper.offer('encoder', bytes),
    };
  }

  /** A store that is away is waited for, as for all that a run reads. */
  private async kept(stage: Stage): Promise<Uint8Array | undefined> {
    const file = this.claimed.run.kept.files[this.training]?.[stage];
    try {
      return file && (await this.needs.files.get(file));
    } catch (error) {
      if (isRetryable(error)) throw error;
      this.refused(error);
      return undefined;
    }
  }

  private refused(err: unknown): void {
    const { runId } = this.claimed.run;
    this.needs.metrics.checkpoint('refused');
    const message = 'what was kept of a training cannot be gone on from; it begins anew';
    this.needs.logger.warn({ err, code: codeOf(err), runId, training: this.training }, message);
  }
}
