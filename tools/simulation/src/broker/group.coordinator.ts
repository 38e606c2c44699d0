/** What the coordinator answers instead of obeying, by Kafka's name for it. */
export class GroupError extends Error {
  override readonly name = 'GroupError';

  constructor(readonly type: 'REBALANCE_IN_PROGRESS' | 'UNKNOWN_MEMBER_ID' | 'ILLEGAL_GENERATION') {
    super(type);
  }
}

export interface TopicPartition {
  topic: string;
  partition: number;
}

export interface Membership {
  member: string;
  generation: number;
}

export interface Assignment extends Membership {
  partitions: TopicPartition[];
}

interface Member {
  topics: readonly string[];
  sessionTimeoutMs: number;
  rebalanceTimeoutMs: number;
  lastSeenAt: number;
  /** The round it joined last. */
  round: number;
}

type JoinRequest = Pick<Member, 'topics' | 'sessionTimeoutMs' | 'rebalanceTimeoutMs'>;

/**
 * One consumer group as Kafka's classic protocol has it: members join a round, the round ends when all known members
 * have joined or are overdue, and then a new generation shares the partitions. Whoever speaks for an older generation,
 * or was silent for longer than its session, is refused.
 */
export class GroupCoordinator {
  private readonly members = new Map<string, Member>();
  private readonly offsets = new Map<string, number>();
  private readonly followed = new Set<string>();
  private shares = new Map<string, TopicPartition[]>();
  private generation = 0;
  private round = 0;
  private joining = false;
  private deadline = 0;
  private count = 0;

  constructor(
    private readonly id: string,
    private readonly now: () => number,
    private readonly partitionsOf: (topic: string) => number,
  ) {}

  /** Returns the member's id: its own, or a new one where the group does not know it. */
  join(member: string | null, request: JoinRequest): string {
    this.expire();
    const id = member !== null && this.members.has(member) ? member : `${this.id}-${++this.count}`;
    if (!this.joining) this.beginRound();
    for (const topic of request.topics) this.followed.add(topic);
    this.members.set(id, { ...request, lastSeenAt: this.now(), round: this.round });
    this.deadline = Math.max(this.deadline, this.now() + request.rebalanceTimeoutMs);
    this.endRoundIfComplete();
    return id;
  }

  /** Null while members are still awaited. */
  sync(member: string): Assignment | null {
    const known = this.seen(member);
    this.expire();
    if (this.joining) {
      if (known.round !== this.round) throw new GroupError('REBALANCE_IN_PROGRESS');
      return null;
    }
    return { member, generation: this.generation, partitions: this.shares.get(member) ?? [] };
  }

  heartbeat({ member, generation }: Membership): void {
    this.expire();
    this.seen(member);
    if (this.joining) throw new GroupError('REBALANCE_IN_PROGRESS');
    if (generation !== this.generation) throw new GroupError('ILLEGAL_GENERATION');
  }

  /** Accepted from the current generation only, also while the next one forms. */
  commit({ member, generation }: Membership, at: TopicPartition, offset: number): void {
    this.expire();
    this.seen(member);
    if (generation !== this.generation) throw new GroupError('ILLEGAL_GENERATION');
    this.offsets.set(keyOf(at), offset);
  }

  leave(member: string): void {
    if (!this.members.delete(member)) return;
    if (this.joining) this.endRoundIfComplete();
    else if (this.members.size > 0) this.beginRound();
  }

  /** Undefined where the group never committed. */
  committed(at: TopicPartition): number | undefined {
    return this.offsets.get(keyOf(at));
  }

  /** Topics that a member ever asked for. */
  topics(): readonly string[] {
    return [...this.followed];
  }

  /** Every member has to join again. */
  rebalance(): void {
    if (!this.joining && this.members.size > 0) this.beginRound();
  }

  /** Moves every committed offset back, as an operator may, and lets all members read from there. */
  rewind(records: number): void {
    for (const [at, offset] of this.offsets) this.offsets.set(at, Math.max(0, offset - records));
    this.rebalance();
  }

  private seen(id: string): Member {
    const member = this.members.get(id);
    if (!member) throw new GroupError('UNKNOWN_MEMBER_ID');
    member.lastSeenAt = this.now();
    return member;
  }

  private beginRound(): void {
    this.joining = true;
    this.round++;
    this.deadline = 0;
    for (const { rebalanceTimeoutMs } of this.members.values()) {
      this.deadline = Math.max(this.deadline, this.now() + rebalanceTimeoutMs);
    }
  }

  private expire(): void {
    const now = this.now();
    const before = this.members.size;
    for (const [id, { lastSeenAt, sessionTimeoutMs, round }] of this.members) {
      const overdue = this.joining && round !== this.round && now > this.deadline;
      if (overdue || now > lastSeenAt + sessionTimeoutMs) this.members.delete(id);
    }
    if (this.joining) this.endRoundIfComplete();
    else if (this.members.size < before && this.members.size > 0) this.beginRound();
  }

  private endRoundIfComplete(): void {
    const members = [...this.members];
    if (members.length === 0 || members.some(([, { round }]) => round !== this.round)) return;
    this.joining = false;
    this.generation++;
    this.shares = new Map(members.map(([id]) => [id, []]));
    for (const topic of new Set(members.flatMap(([, { topics }]) => topics))) {
      const readers = members.filter(([, { topics }]) => topics.includes(topic));
      for (let partition = 0; partition < this.partitionsOf(topic); partition++) {
        const [reader] = readers[partition % readers.length] ?? [];
        if (reader !== undefined) this.shares.get(reader)?.push({ topic, partition });
      }
    }
  }
}

const keyOf = ({ topic, partition }: TopicPartition): string => `${topic}/${partition}`;
