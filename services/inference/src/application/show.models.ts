import { ServiceError } from '@perennial/service';
import { featureColumns } from '../domain/prediction.request';
import type { FollowDesired } from './follow.desired';
import type { FollowRegistered } from './follow.registered';
import type { ModelSlot } from './model.slot';
import type { ModelSlots } from './model.slots';

/** What this replica serves, for people and load balancers. */
export class ShowModels {
  constructor(
    private readonly slots: ModelSlots,
    private readonly follow: FollowDesired,
    private readonly replicaId: string,
    /** Null where no model is served from a registry. */
    private readonly registered: FollowRegistered | null = null,
  ) {}

  health() {
    const models = this.slots.all().map((slot) => this.summary(slot));
    const status = models.some(({ version }) => version !== null) ? 'ok' : 'waiting-for-model';
    return { status, replica: this.replicaId, models };
  }

  /** Throws NO_MODEL, and what the choice of the pipeline throws. */
  info(asked: string | undefined) {
    const slot = this.slots.choose(asked);
    const serving = slot.current();
    if (!serving) {
      throw new ServiceError('NO_MODEL', 503, `No model of ${slot.pipeline} is loaded`, { pipeline: slot.pipeline });
    }
    const { target, model, loadedAt } = serving;
    const { categorical, numerical } = featureColumns(model.signature.inputs);
    return {
      model: slot.pipeline,
      version: target.version,
      digest: target.digest,
      signature: model.signature,
      // In this order a request without names gives its values.
      features: {
        categorical: categorical.map(({ name }) => name),
        numerical: numerical.map(({ name }) => name),
      },
      threshold: model.decisionThreshold,
      arms: armsOf(slot),
      rollout: { rolloutId: target.rolloutId, sequence: target.sequence, source: target.source },
      loaded_at: new Date(loadedAt).toISOString(),
    };
  }

  /** The named pipeline, or all of them. */
  async reload(asked: unknown) {
    const slots = asked === undefined ? this.slots.all() : [this.slots.choose(asked)];
    await Promise.all(slots.map((slot) => this.reloadSlot(slot)));
    const models = slots.map((slot) => this.summary(slot));
    return { version: models.length === 1 ? models[0]?.version : null, models };
  }

  /**
   * Ready when at least one model can answer, or when none was ever rolled out: a first start has nothing to wait for,
   * and with several pipelines one that cannot load must not take the others out of the load balancer. A model that this
   * process was told to serve from a registry must serve. Throws why not.
   */
  requireReady(): void {
    const slots = this.slots.all();
    const missing = slots.find((slot) => slot.follows === 'mlflow' && !slot.current() && !slot.isSuspended());
    if (missing) throw new Error(`${missing.pipeline}: ${this.summary(missing).error ?? 'no version is loaded yet'}`);
    if (slots.some((slot) => slot.current())) return;
    const waiting = slots.filter((slot) => slot.hasTarget() && !slot.isSuspended());
    if (waiting.length > 0) throw new Error(`${names(waiting)}: no version is loaded yet`);
    if (!this.follow.isKnown()) throw new Error('the deployer has not said yet what to serve');
  }

  private async reloadSlot(slot: ModelSlot): Promise<void> {
    if (this.registered?.slot === slot) await this.registered.reload();
    else await this.follow.reload(slot);
  }

  private summary(slot: ModelSlot) {
    const { state, version, error } = slot.status();
    const problem = this.registered?.slot === slot ? this.registered.problem() : null;
    const sequence = slot.current()?.target.sequence ?? null;
    return { pipeline: slot.pipeline, version, state, sequence, error: error ?? problem };
  }
}

const names = (slots: readonly ModelSlot[]): string => slots.map(({ pipeline }) => pipeline).join(', ');

const armsOf = (slot: ModelSlot) =>
  slot.traffic()?.target.arms.map(({ name, version, weight }) => ({ name, version, weight })) ?? [];
