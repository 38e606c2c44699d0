/** Hooks for histograms and counters; durations in seconds. */
export interface MessagingMetrics {
  /** messaging.process.duration; `error` is the error code, absent on success. */
  processed(labels: { destination: string; group: string; error?: string }, seconds: number): void;
  /** messaging.client.operation.duration. */
  clientOperation(labels: { operation: string; destination: string; error?: string }, seconds: number): void;
  retried(labels: { destination: string; group: string; error: string }): void;
  deadLettered(labels: { destination: string; group: string; error: string }): void;
  duplicate(labels: { destination: string; group: string }): void;
}

export const noMetrics: MessagingMetrics = {
  processed() {},
  clientOperation() {},
  retried() {},
  deadLettered() {},
  duplicate() {},
};
