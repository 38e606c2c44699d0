import type { MessagingMetrics } from '@perennial/messaging';
import { Counter, Histogram, type Registry } from 'prom-client';

const SECONDS = [0.001, 0.005, 0.01, 0.05, 0.1, 0.5, 1, 5, 10, 30, 60];

/** OpenTelemetry's messaging instruments under their Prometheus names. */
export function messagingMetrics(registry: Registry): MessagingMetrics {
  const registers = [registry];
  const processed = new Histogram({
    name: 'messaging_process_duration_seconds',
    help: 'Time to process one message, all tries included',
    labelNames: ['messaging_destination_name', 'messaging_consumer_group_name', 'error_type'],
    buckets: SECONDS,
    registers,
  });
  const operation = new Histogram({
    name: 'messaging_client_operation_duration_seconds',
    help: 'Time of one client operation',
    labelNames: ['messaging_operation_name', 'messaging_destination_name', 'error_type'],
    buckets: SECONDS,
    registers,
  });
  const counter = (name: string, help: string, labelNames: string[]) =>
    new Counter({ name, help, labelNames, registers });
  const retried = counter('perennial_messages_retried_total', 'Tries that failed and were repeated', [
    'topic',
    'group',
    'error',
  ]);
  const deadLettered = counter('perennial_dead_letters_total', 'Messages given up', ['topic', 'group', 'error']);
  const duplicates = counter('perennial_duplicate_messages_total', 'Events that had been handled before', [
    'topic',
    'group',
  ]);
  return {
    processed: ({ destination, group, error }, seconds) =>
      processed.observe(
        { messaging_destination_name: destination, messaging_consumer_group_name: group, error_type: error ?? '' },
        seconds,
      ),
    clientOperation: (labels, seconds) =>
      operation.observe(
        {
          messaging_operation_name: labels.operation,
          messaging_destination_name: labels.destination,
          error_type: labels.error ?? '',
        },
        seconds,
      ),
    retried: ({ destination, group, error }) => retried.inc({ topic: destination, group, error }),
    deadLettered: ({ destination, group, error }) => deadLettered.inc({ topic: destination, group, error }),
    duplicate: ({ destination, group }) => duplicates.inc({ topic: destination, group }),
  };
}
