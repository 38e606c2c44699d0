import { type Clock, codeOf, type Transactor } from '@perennial/messaging';
import type { Pipeline } from '@perennial/pipeline';
import { ServiceError } from '@perennial/service';
import type { ModelVersion } from '../domain/model.version';
import { approve, type Decision, type PersonsDecision, reject, type Refusal } from '../domain/version.decider';
import { evolveAll } from '../domain/version.evolve';
import type { StoredVersion, VersionStore } from './ports';
import { announce } from './version.announcements';
import { pipelineOf, unknownVersion } from './version.lookup';

const TRIES = 5;

type Decide = (version: ModelVersion, person: Omit<PersonsDecision, 'by'>) => Decision;

/** A person approves or rejects a version that awaits it. */
export class DecideApproval {
  constructor(
    private readonly versions: VersionStore,
    private readonly pipelines: ReadonlyMap<string, Pick<Pipeline, 'approval'>>,
    private readonly transactor: Pick<Transactor, 'transact'>,
    private readonly clock: Clock,
  ) {}

  /** Throws UNKNOWN_PIPELINE, UNKNOWN_VERSION, NOT_AN_APPROVER (403) and NOT_AWAITING_APPROVAL (409). */
  approve(pipeline: string, version: string, by: string, comment: string | null): Promise<ModelVersion> {
    return this.decide(pipeline, version, (model, person) => approve(model, { ...person, by, comment }));
  }

  /** Throws as approve does. */
  reject(pipeline: string, version: string, by: string, reason: string): Promise<ModelVersion> {
    return this.decide(pipeline, version, (model, person) => reject(model, { ...person, by, reason }));
  }

  private async decide(pipeline: string, version: string, decide: Decide): Promise<ModelVersion> {
    const { approval: policy } = pipelineOf(this.pipelines, pipeline);
    for (let tries = 1; ; tries++) {
      const stored = await this.versions.load(pipeline, version);
      if (!stored) throw unknownVersion(pipeline, version);
      const decision = decide(stored.version, { policy, at: this.clock.now() });
      if ('refusal' in decision) throw refused(stored.version, decision.refusal);
      try {
        return await this.commit(stored, decision.events);
      } catch (error) {
        // Someone else decided meanwhile: what they decided decides about this one.
        if (codeOf(error) !== 'CONFLICT' || tries === TRIES) throw error;
      }
    }
  }

  private async commit(stored: StoredVersion, events: Extract<Decision, { events: unknown }>['events']) {
    const version = evolveAll(stored.version, events) as ModelVersion;
    if (events.length === 0) return version;
    const { correlationId } = stored;
    await this.transactor.transact(
      async (transaction) => {
        await this.versions.save({ ...stored, version }, transaction);
        return announce(version, events);
      },
      { correlationId },
    );
    return version;
  }
}

function refused({ pipeline, version }: ModelVersion, refusal: Refusal): ServiceError {
  const { code, ...details } = refusal;
  if (refusal.code === 'NOT_AN_APPROVER') {
    const message = `by is ${refusal.by}: must be an approver of ${pipeline}: ${refusal.approvers.join(', ')}`;
    return new ServiceError(code, 403, message, { field: 'by', ...details });
  }
  const message = `version ${version} of ${pipeline} is ${refusal.state}: only a candidate awaits approval`;
  return new ServiceError(code, 409, message, details);
}
