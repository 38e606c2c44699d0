/** Headers that are not CloudEvents attributes. A redriven record is handled by the named group only. */
export const redriveGroupHeader = 'perennial_redrive_group';
/** Which dead letter a redriven record was, and how often its handling had been tried by then. */
export const redriveLetterHeader = 'perennial_redrive_letter';
export const redriveAttemptsHeader = 'perennial_redrive_attempts';

/** Where a dead letter came from and why; beside the original headers. */
export const deadLetterHeaders = {
  topic: 'perennial_dlq_topic',
  partition: 'perennial_dlq_partition',
  offset: 'perennial_dlq_offset',
  timestamp: 'perennial_dlq_timestamp',
  group: 'perennial_dlq_group',
  code: 'perennial_dlq_code',
  message: 'perennial_dlq_message',
  attempts: 'perennial_dlq_attempts',
  failedAt: 'perennial_dlq_failed_at',
  /** Length of a value that was too large to be kept as a dead letter. */
  omittedBytes: 'perennial_dlq_omitted_bytes',
} as const;
