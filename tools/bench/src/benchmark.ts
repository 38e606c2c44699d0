import type { Contest } from './contest';
import type { Peer } from './peer.process';

/** One file in src, one results file. */
export interface Benchmark {
  readonly name: string;
  readonly title: string;
  readonly rounds: number;
  readonly peer: {
    /** In tools/bench/peers. */
    readonly script: string;
    /** What the script imports, by the names in peers/requirements.txt. */
    readonly packages: readonly string[];
  };
  /** Prepares both sides and checks that they compute the same, as far as that can be compared. */
  readonly open: (peer: Peer) => Promise<OpenBenchmark>;
}

export interface OpenBenchmark {
  readonly contests: readonly Contest[];
  readonly close: () => Promise<void>;
}
