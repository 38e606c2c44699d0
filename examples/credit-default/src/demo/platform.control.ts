/** Where the started platform is. */
export interface PlatformAddresses {
  readonly platform: string;
  readonly inference: { readonly http: string };
  readonly kafka: string;
}

export interface PlatformStart {
  /** Folder of all state, the demo's own. */
  readonly home: string;
  readonly artifacts: string;
  readonly pipelines: readonly string[];
  readonly environment: NodeJS.ProcessEnv;
  readonly onProgress: (line: string) => void;
  readonly signal: AbortSignal;
}

/** What the checker found of the guarantees, once the last day is over. */
export interface Guarantees {
  readonly proved: number;
  /** Names of those that were broken. */
  readonly violated: readonly string[];
  /** Names of those that could not be checked. */
  readonly unchecked: readonly string[];
}

/** How a platform of its own is started and stopped: the command line's part. */
export interface PlatformControl {
  start(options: PlatformStart): Promise<PlatformAddresses>;
  /** False once it has ended, by itself or by force. */
  isRunning(home: string): boolean;
  verify(home: string): Promise<Guarantees>;
  stop(home: string): Promise<void>;
}
