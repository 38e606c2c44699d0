import { Counter, Gauge, type Registry } from 'prom-client';
import type { BacklogMetrics } from '../application/backlog.watch';
import type { IngestionMetrics } from '../application/ports';
import type { RowCounts } from '../domain/day';

export class PrometheusMetrics implements IngestionMetrics, BacklogMetrics {
  private readonly records: Counter<'dataset' | 'outcome'>;
  private readonly messages: Counter<'code'>;
  private readonly batches: Counter<'dataset' | 'closed_by'>;
  private readonly waiting: Gauge;
  private readonly drain: Gauge;
  private readonly full: Gauge;
  private readonly refusedPushes: Counter;

  constructor(registry: Registry) {
    const registers = [registry];
    this.records = new Counter({
      name: 'ingestion_records_total',
      help: 'Records by outcome: stored or quarantined on arrival; duplicate as found when their batch was closed',
      labelNames: ['dataset', 'outcome'],
      registers,
    });
    this.messages = new Counter({
      name: 'ingestion_refused_messages_total',
      help: 'Messages that could not be read, by error code',
      labelNames: ['code'],
      registers,
    });
    this.batches = new Counter({
      name: 'ingestion_batches_closed_total',
      help: 'Batches closed, by what closed them',
      labelNames: ['dataset', 'closed_by'],
      registers,
    });
    this.waiting = new Gauge({
      name: 'ingestion_backlog_messages',
      help: 'Messages that wait to be stored',
      registers,
    });
    this.drain = new Gauge({
      name: 'ingestion_backlog_seconds',
      help: 'Time until the backlog is stored at the present pace; +Inf where nothing is stored',
      registers,
    });
    this.full = new Gauge({
      name: 'ingestion_backlog_full',
      help: '1 while pushes over HTTP are answered 429',
      registers,
    });
    this.refusedPushes = new Counter({
      name: 'ingestion_refused_pushes_total',
      help: 'Pushes over HTTP that were answered 429 because the backlog was full',
      registers,
    });
  }

  taken(dataset: string, rows: number, quarantined: number): void {
    this.records.inc({ dataset, outcome: 'stored' }, rows);
    this.records.inc({ dataset, outcome: 'quarantined' }, quarantined);
  }

  refused(code: string): void {
    this.messages.inc({ code });
  }

  backlog(messages: number, secondsToDrain: number, full: boolean): void {
    this.waiting.set(messages);
    this.drain.set(secondsToDrain);
    this.full.set(full ? 1 : 0);
  }

  refusedPush(): void {
    this.refusedPushes.inc();
  }

  closed(dataset: string, closedBy: string, { duplicates }: RowCounts): void {
    this.batches.inc({ dataset, closed_by: closedBy });
    this.records.inc({ dataset, outcome: 'duplicate' }, duplicates);
  }
}
