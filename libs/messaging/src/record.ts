/** What a broker stores, before any meaning is given to it. */
export interface BrokerRecord {
  topic: string;
  partition: number;
  /** Decimal, as Kafka's 64-bit offsets exceed a JavaScript number. */
  offset: string;
  key: Buffer | null;
  value: Buffer | null;
  headers: Record<string, Buffer>;
  /** Milliseconds since 1970, as given by the broker. */
  timestamp: number;
}

/** What a publisher sends. Records of one topic and key keep their order. */
export interface OutgoingRecord {
  topic: string;
  key: string | Buffer | null;
  value: string | Buffer | null;
  headers: Record<string, string | Buffer>;
}

/** Consecutive records of one partition, in offset order. */
export interface PartitionSlice {
  topic: string;
  partition: number;
  records: BrokerRecord[];
}
