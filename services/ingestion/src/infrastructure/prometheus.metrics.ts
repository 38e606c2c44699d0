import { Counter, type Registry } from 'prom-client';
import type { IngestionMetrics } from '../application/ports';
import type { RowCounts } from '../domain/day';

export class PrometheusMetrics implements IngestionMetrics {
  private readonly records: Counter<'dataset' | 'outcome'>;
  private readonly messages: Counter<'code'>;
  private readonly batches: Counter<'dataset' | 'closed_by'>;

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
  }

  taken(dataset: string, rows: number, quarantined: number): void {
    this.records.inc({ dataset, outcome: 'stored' }, rows);
    this.records.inc({ dataset, outcome: 'quarantined' }, quarantined);
  }

  refused(code: string): void {
    this.messages.inc({ code });
  }

  closed(dataset: string, closedBy: string, { duplicates }: RowCounts): void {
    this.batches.inc({ dataset, closed_by: closedBy });
    this.records.inc({ dataset, outcome: 'duplicate' }, duplicates);
  }
}
