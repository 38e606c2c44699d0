import { type DataOf, replicaReportedV2 } from '@perennial/contracts';
import {
  type BrokerRecord,
  type Clock,
  codeOf,
  type EventEnvelope,
  type Logger,
  type Origin,
  type PartitionSlice,
  type Refusals,
} from '@perennial/messaging';
import { heard, isAfter, type Replica, replicaKey, saysOtherThan, type TakenReport } from '../domain/replica';
import { type ClockPair, delayOf } from '../domain/report.delay';
import type { AdvanceDeployment } from './advance.deployment';
import type { ReplicaStore } from './ports';

export interface HearReplicasParts {
  declared: { has(pipeline: string): boolean };
  replicas: ReplicaStore;
  advance: Pick<AdvanceDeployment, 'tick'>;
  refusals: Pick<Refusals, 'readable'>;
  clock: Clock;
  /** Milliseconds of a clock that is never set. */
  elapsed(): number;
  logger: Logger;
}

/**
 * Takes the reports of replicas in slices: one read and one write for all of them, however many pipelines there are and
 * however far behind this process is. Each report says what the ones before it said, so nothing depends on a single one;
 * those that were taken before are known by where they lie. What cannot be read becomes a dead letter.
 */
export class HearReplicas {
  /** Of every replica that is heard; forgotten with this process, and learnt anew. */
  private readonly clocks = new Map<string, ClockPair>();

  constructor(private readonly parts: HearReplicasParts) {}

  async run({ records }: PartitionSlice): Promise<void> {
    const read = await this.parts.refusals.readable(records, replicaReportedV2);
    // Pipelines that are not declared here belong to another installation.
    const own = read.filter(({ event }) => this.parts.declared.has(event.data.pipeline));
    const reports = own.map(({ record, event }) => taken(record, event));
    if (reports.length === 0) return;
    const keys = [...new Set(reports.map(({ report }) => replicaKey(report)))];
    const known = new Map((await this.parts.replicas.known(keys)).map((replica) => [replicaKey(replica), replica]));
    const after = new Map<string, Replica>();
    const news = new Map<string, Origin>();
    for (const each of reports) {
      const { report, origin } = each;
      const key = replicaKey(report);
      const before = after.get(key) ?? known.get(key) ?? null;
      if (before && !isAfter(each, before)) continue;
      const delay = this.delayed(key, each);
      after.set(key, heard(before, each, this.parts.clock.now().getTime(), delay));
      if (!before || saysOtherThan(report, before)) news.set(report.pipeline, origin);
    }
    await this.parts.replicas.save([...after.values()]);
    for (const [pipeline, origin] of news) await this.assess(pipeline, origin);
  }

  /** A heartbeat that says nothing new decides nothing that time does not: the timer looks at that, and at failures. */
  private async assess(pipeline: string, origin: Origin): Promise<void> {
    try {
      await this.parts.advance.tick(pipeline, origin);
    } catch (err) {
      if (codeOf(err) === 'CONFLICT') return;
      this.parts.logger.warn({ err, code: codeOf(err), pipeline }, 'A rollout could not be assessed; it is soon again');
    }
  }

  private delayed(key: string, { report, saidAt }: TakenReport): number {
    const { delay, pair } = delayOf(this.clocks.get(key) ?? null, saidAt, this.parts.elapsed());
    if (report.state === 'stopped') this.clocks.delete(key);
    else this.clocks.set(key, pair);
    return delay;
  }
}

function taken(
  record: BrokerRecord,
  event: EventEnvelope<DataOf<typeof replicaReportedV2>>,
): TakenReport & { origin: Origin } {
  const { at, loaded: _, trafficSequence = null, ...said } = event.data;
  const report = { ...said, trafficSequence };
  const { id: causationId, correlationid: correlationId, traceparent, tracestate } = event;
  return {
    report,
    saidAt: Date.parse(at),
    stream: `${record.topic}/${record.partition}`,
    offset: Number(record.offset),
    origin: { causationId, correlationId, traceparent, tracestate },
  };
}
