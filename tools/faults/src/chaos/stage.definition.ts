/** A platform of its own: Kafka, the database, nine processes. Runs with equal `name` share one. */
export interface StageDefinition {
  readonly name: string;
  /** Modules that every process of a service loads first, as absolute paths of compiled files. */
  readonly preloads?: readonly string[];
  /** What runs beside the platform, before it starts; its variables go to every process. */
  prepare?(home: string): Promise<StageProps>;
}

export interface StageProps {
  readonly environment: Readonly<Record<string, string>>;
  close(): Promise<void>;
}
