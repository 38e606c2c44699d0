import { ServiceError } from '@perennial/service';
import type { Pipeline } from '@perennial/pipeline';
import type { Cycle } from '../domain/cycle.state';
import { cycleIdOf } from '../domain/cycle.state';
import type { CycleFilter, EvaluatorStores, Performance, RecordedEvent, StoredCycle } from './cycle.stores';

export interface CycleSummary {
  cycleId: string;
  pipeline: string;
  day: string;
  status: Cycle['status'];
  incumbent: string | null;
  attempts: number;
  correlationId: string;
  queuedAt: string;
  updatedAt: string;
}

export type CycleView = CycleSummary & {
  batch: Cycle['batch'];
  gate: object | null;
  judgements: { role: string; attempt: number; judgement: Cycle['incumbentJudgement'] }[];
  attemptStates: Cycle['attempts'];
  events: RecordedEvent[];
};

export interface PipelineView {
  pipeline: string;
  description: string;
  owner: string;
  dataset: string;
  gate: Pipeline['gate'];
  serving: { version: string; rolloutId: string } | null;
  lastCycle: CycleSummary | null;
}

function summary({ cycle, correlationId, queuedAt, updatedAt }: StoredCycle): CycleSummary {
  const { cycleId, pipeline, day, status, terms, attempts } = cycle;
  return {
    ...{ cycleId, pipeline, day, status, incumbent: terms?.incumbent?.version ?? null, attempts: attempts.length },
    ...{ correlationId, queuedAt: new Date(queuedAt).toISOString(), updatedAt: new Date(updatedAt).toISOString() },
  };
}

/** What people and the command line read. */
export class ShowCycles {
  constructor(
    private readonly stores: EvaluatorStores,
    private readonly declared: ReadonlyMap<string, Pipeline>,
  ) {}

  async list(filter: CycleFilter): Promise<CycleSummary[]> {
    return (await this.stores.cycles.list(filter)).map(summary);
  }

  /** Throws CYCLE_NOT_FOUND. */
  async one(pipeline: string, day: string): Promise<CycleView> {
    const cycleId = cycleIdOf(pipeline, day);
    const stored = await this.stores.cycles.find(cycleId);
    if (!stored) throw new ServiceError('CYCLE_NOT_FOUND', 404, `No cycle has the id ${cycleId}`, { pipeline, day });
    const { batch, terms, attempts, incumbentJudgement } = stored.cycle;
    const judgements = [
      { role: 'incumbent', attempt: 0, judgement: incumbentJudgement },
      ...attempts.map(({ attempt, judgement }) => ({ role: 'candidate', attempt, judgement })),
    ].filter(({ judgement }) => judgement !== null);
    const events = await this.stores.cycles.events(cycleId);
    const gate = terms?.policy.gate ?? null;
    return { ...summary(stored), batch, gate, judgements, attemptStates: attempts, events };
  }

  pipelines(): Promise<PipelineView[]> {
    return Promise.all(
      [...this.declared.values()].map(async ({ name, description, owner, dataset, gate }) => {
        const { serving } = await this.stores.serving.load(name);
        const [last] = await this.stores.cycles.list({ pipeline: name, limit: 1 });
        return {
          ...{ pipeline: name, description, owner, dataset: dataset.name, gate },
          serving: serving && { version: serving.version, rolloutId: serving.rolloutId },
          lastCycle: last ? summary(last) : null,
        };
      }),
    );
  }

  /** Throws PIPELINE_NOT_FOUND. */
  async performance(pipeline: string, limit: number): Promise<Performance[]> {
    const found = await this.stores.performance.ofPipeline(pipeline, limit);
    if (found.length > 0 || this.declared.has(pipeline)) return found;
    throw new ServiceError('PIPELINE_NOT_FOUND', 404, `No pipeline has the name ${pipeline}`, { pipeline });
  }
}
