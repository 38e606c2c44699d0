/** What is known of a version of a model from its first load on, and still when it is out of memory. */
export interface ModelMetadata {
  readonly name: string;
  readonly version: string;
  /** What computes it; one class for each. */
  readonly kind: string;
  /** What it takes while it is loaded: an estimate, see `memory.estimate.ts`. */
  readonly memoryBytes: number;
  /** What its file says of itself. */
  readonly properties: Readonly<Record<string, string>>;
}

/** Asked once it is known how many bytes a model takes and before it takes them. What it throws ends the load. */
export type ReserveMemory = (bytes: number) => Promise<void>;

export interface PredictOptions {
  /** On the clock of performance.now(): what has not begun by then is not computed. */
  readonly deadline?: number;
  /** Where it is given, and the model has a cache, rows may be answered from it: told are their places. */
  readonly onCached?: (places: readonly number[]) => void;
}

/**
 * One version of a model, whatever computes it: who serves, judges or keeps models in memory knows no more of it. A
 * classifier takes rows and answers probabilities; a graph of language-model calls takes messages and answers text.
 */
export interface ModelWrapper<Input, Output, Examples, Evaluation, Metadata extends ModelMetadata = ModelMetadata> {
  /** Throws MODEL_CLOSED before the first load. */
  readonly metadata: Metadata;
  /** Brings it into memory; resolves at once where it is there. Throws what keeps it from being loaded. */
  load(reserve?: ReserveMemory): Promise<void>;
  /** Throws MODEL_CLOSED while it is out of memory. */
  predict(input: Input, options?: PredictOptions): Promise<Output>;
  /** What it answers to examples of which the truth is known, beside that truth. */
  evaluate(examples: Examples): Promise<Evaluation>;
  /** Gives its memory back once the calls made so far have settled; it may be loaded again. */
  unload(): Promise<void>;
}
