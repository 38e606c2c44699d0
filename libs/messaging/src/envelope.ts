/** A CloudEvents 1.0 event with the extensions this platform puts on every event. */
export interface EventEnvelope<T = unknown> {
  specversion: '1.0';
  /** (source, id) is unique: the key of de-duplication. */
  id: string;
  type: string;
  source: string;
  subject?: string;
  /** RFC 3339. */
  time?: string;
  dataschema?: string;
  datacontenttype: string;
  /** Shared by everything that follows from one cause, e.g. an improvement cycle. */
  correlationid: string;
  /** Id of the event that caused this one. */
  causationid?: string;
  /** W3C trace context. */
  traceparent?: string;
  tracestate?: string;
  partitionkey?: string;
  data: T;
}
