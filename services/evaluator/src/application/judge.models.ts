import type { ModelReference } from '@perennial/contracts';
import { inWorkSpan, type Clock, type Logger, type Transactor } from '@perennial/messaging';
import type { CycleInput, JudgementKey } from '../domain/cycle.inputs';
import { lastAttempt, termsOf, type Cycle } from '../domain/cycle.state';
import type { AdvanceCycles } from './advance.cycles';
import type { StoredCycle } from './cycle.stores';
import { reasonOf, type ScoreModels } from './score.models';

interface Subject extends JudgementKey {
  model: ModelReference;
}

/** Whom the cycle waits for. */
function subjectOf(cycle: Cycle): Subject | null {
  const { incumbent } = termsOf(cycle);
  if (cycle.status === 'judging' && incumbent) return { role: 'incumbent', attempt: 0, model: incumbent.model };
  if (cycle.status !== 'judging-candidate') return null;
  const { attempt, candidate } = lastAttempt(cycle);
  return candidate && { role: 'candidate', attempt, model: candidate };
}

/** Scores the model a cycle waits for, outside any transaction, and tells the cycle. Doing it twice changes nothing. */
export class JudgeModels {
  constructor(
    private readonly scores: ScoreModels,
    private readonly cycles: AdvanceCycles,
    private readonly transactor: Transactor,
    private readonly clock: Clock,
    private readonly logger: Logger,
  ) {}

  /** Throws what may pass when tried again; `tries` counts from 1. */
  async run(stored: StoredCycle, tries: number, signal: AbortSignal): Promise<void> {
    const subject = subjectOf(stored.cycle);
    if (!subject) return;
    const attributes = { 'perennial.cycle.id': stored.cycle.cycleId };
    const work = () => this.judgeAndTell(stored, subject, tries, signal);
    await inWorkSpan(`judge ${subject.role}`, stored.trace ?? {}, attributes, work);
  }

  private async judgeAndTell(
    { cycle, correlationId, causationId }: StoredCycle,
    subject: Subject,
    tries: number,
    signal: AbortSignal,
  ): Promise<void> {
    const input = await this.judge(cycle, subject, tries, signal);
    signal.throwIfAborted();
    const origin = { correlationId, causationId: causationId ?? undefined };
    await this.transactor.transact(
      (transaction) =>
        this.cycles.tell(cycle.cycleId, input, { transaction, now: this.clock.now(), correlationId, causationId }),
      origin,
    );
  }

  private async judge(cycle: Cycle, subject: Subject, tries: number, signal: AbortSignal): Promise<CycleInput> {
    const { model, role, attempt } = subject;
    const { policy } = termsOf(cycle);
    const fields = { cycleId: cycle.cycleId, role, attempt };
    try {
      const comparison = { subject: cycle.cycleId, batch: cycle.batch, policy };
      const { holdoutRows, metrics } = await this.scores.score(model, comparison, signal);
      this.logger.info({ ...fields, holdoutRows, score: metrics[policy.gate.metric] }, 'model judged');
      return { type: 'judged', role, attempt, holdoutRows, metrics };
    } catch (error) {
      if (signal.aborted || this.scores.mayPass(error, tries)) throw error;
      this.logger.error({ ...fields, err: error }, 'model cannot be judged');
      return { type: 'judgement-failed', role, attempt, holdoutRows: 0, reason: reasonOf(error) };
    }
  }
}
