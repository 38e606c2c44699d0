/** Does the work once and gives the time of one unit of it (a step, a call), in the contest's unit. */
export type Measure = () => Promise<number>;

export interface Contender {
  readonly name: string;
  readonly measure: Measure;
}

/** The same work done by us and by one or more variants of a peer, of which the best counts. */
export interface Contest {
  readonly name: string;
  readonly unit: string;
  readonly ours: Measure;
  readonly peers: readonly Contender[];
}

export interface ContestTimes {
  /** One time per round. */
  readonly ours: readonly number[];
  readonly peers: readonly { readonly name: string; readonly rounds: readonly number[] }[];
}

/**
 * Runs ours, each peer, ours, each peer …, so that a disturbance of the machine meets all alike. A first round warms up
 * and is not counted.
 */
export async function runRounds(contest: Contest, rounds: number, onRound: (round: number) => void = () => undefined) {
  const ours: number[] = [];
  const peers = contest.peers.map(({ name }) => ({ name, rounds: [] as number[] }));
  for (let round = 0; round <= rounds; round++) {
    onRound(round);
    const times = [await contest.ours()];
    for (const { measure } of contest.peers) times.push(await measure());
    if (round === 0) continue;
    [ours, ...peers.map((peer) => peer.rounds)].forEach((list, index) => list.push(times[index] as number));
  }
  return { ours, peers } satisfies ContestTimes;
}
