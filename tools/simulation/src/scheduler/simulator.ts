/** What an operation of a simulated process reaches. */
export type Target = 'database' | 'broker' | 'objects' | 'http';

export interface Operation {
  target: Target;
  /** For the trace, e.g. `insertOne evaluator_inbox`. */
  name: string;
}

/**
 * What a simulated driver needs: every operation is one step at a virtual time that the seed chooses. `perform`
 * rejects with SimulatedFault when the operation did not reach its target or its answer was lost, and never settles
 * when the process crashed meanwhile.
 */
export interface Simulator {
  /** Virtual milliseconds since 1970, the same for all processes. */
  now(): number;
  /** In [0, 1). */
  random(): number;
  perform<T>(process: string, operation: Operation, effect: () => T): Promise<T>;
}

/** `unreached`: the effect did not happen. `unanswered`: it did, and the caller cannot know. */
export type FaultKind = 'unreached' | 'unanswered';

export class SimulatedFault extends Error {
  override readonly name = 'SimulatedFault';

  constructor(
    readonly kind: FaultKind,
    readonly operation: Operation,
  ) {
    super(`${operation.target} ${operation.name}: ${kind}`);
  }
}
