import { ConflictError } from '../errors';
import type { InboxMark, OutboxEntry, Transaction, UnitOfWork } from '../ports';

/** Writes staged in a transaction; they happen together at commit or not at all. */
export interface InMemoryTransaction extends Transaction {
  kind: 'in-memory';
  onCommit(write: () => void): void;
}

/** A unit of work for unit tests. `transactionOf(transaction).onCommit(…)` is how a fake store joins it. */
export class InMemoryUnitOfWork implements UnitOfWork {
  readonly outbox: OutboxEntry[] = [];
  private readonly marks = new Set<string>();
  /** The next commits that fail with CONFLICT. */
  conflicts = 0;

  async execute(
    mark: InboxMark | null,
    work: (transaction: Transaction) => Promise<readonly OutboxEntry[]>,
  ): Promise<'committed' | 'duplicate'> {
    const name = mark && JSON.stringify([mark.group, mark.source, mark.id]);
    if (name && this.marks.has(name)) return 'duplicate';
    const writes: (() => void)[] = [];
    const effects: (() => void)[] = [];
    const transaction: InMemoryTransaction = {
      kind: 'in-memory',
      onCommit: (write) => writes.push(write),
      afterCommit: (effect) => effects.push(effect),
    };
    const entries = await work(transaction);
    if (name && this.marks.has(name)) return 'duplicate';
    if (this.conflicts > 0) {
      this.conflicts--;
      throw new ConflictError('write conflict');
    }
    writes.forEach((write) => write());
    if (name) this.marks.add(name);
    this.outbox.push(...entries);
    effects.forEach((effect) => effect());
    return 'committed';
  }
}

export function transactionOf(transaction: Transaction): InMemoryTransaction {
  if (transaction.kind !== 'in-memory') throw new TypeError(`not an in-memory transaction: ${transaction.kind}`);
  return transaction as InMemoryTransaction;
}
