import { noSuchTransaction, ServerFailure, transactionTooOld } from './server.errors';
import type { ServerState } from './server.state';
import type { ServerTransaction } from './server.transaction';

/** What the statements of a retryable write gave, so that a repeated command does not do them again. */
export type StatementResults = Map<number, unknown>;

interface Session {
  number: number;
  transaction: ServerTransaction | null;
  outcome: 'open' | 'committed' | 'aborted' | 'none';
  results: StatementResults;
}

/** Logical sessions by their id: the transaction or the retryable write with the highest number of each. */
export class ServerSessions {
  private readonly sessions = new Map<string, Session>();

  constructor(private readonly state: ServerState) {}

  /** The results of this retryable write so far. */
  retryable(id: string, number: number): StatementResults {
    const session = this.advance(id, number);
    return session.results;
  }

  start(id: string, number: number, begin: () => ServerTransaction): ServerTransaction {
    const known = this.sessions.get(id);
    if (known?.number === number && known.outcome !== 'none') {
      throw new ServerFailure(117, 'ConflictingOperationInProgress', `Transaction ${number} was started already`);
    }
    const session = this.advance(id, number);
    session.transaction = begin();
    session.outcome = 'open';
    return session.transaction;
  }

  /** The open transaction that a command continues. */
  current(id: string, number: number): ServerTransaction {
    const session = this.sessions.get(id);
    if (session?.number !== number || !session.transaction) throw noSuchTransaction(number, 'was not started');
    this.settle(session);
    if (session.outcome !== 'open') throw noSuchTransaction(number, `has been ${session.outcome}`);
    return session.transaction;
  }

  commit(id: string, number: number, now: number): void {
    const session = this.sessions.get(id);
    if (session?.number === number && session.outcome === 'committed') return;
    this.state.commit(this.current(id, number), now);
    this.sessions.get(id)!.outcome = 'committed';
  }

  abort(id: string, number: number): void {
    const session = this.sessions.get(id);
    if (session?.number === number && session.outcome === 'committed') {
      throw new ServerFailure(256, 'TransactionCommitted', `Transaction ${number} has been committed`);
    }
    this.state.abort(this.current(id, number));
    this.sessions.get(id)!.outcome = 'aborted';
  }

  /** Raises the number of the session; a transaction that was left open ends. */
  private advance(id: string, number: number): Session {
    const session = this.sessions.get(id);
    if (session && number < session.number) throw transactionTooOld(number);
    if (session?.number === number) return session;
    if (session?.transaction) this.state.abort(session.transaction);
    const next: Session = { number, transaction: null, outcome: 'none', results: new Map() };
    this.sessions.set(id, next);
    return next;
  }

  /** An open transaction may have been ended by the server: its lifetime is over, or it failed. */
  private settle(session: Session): void {
    if (session.outcome === 'open' && !this.state.isOpen(session.transaction!)) session.outcome = 'aborted';
  }
}
