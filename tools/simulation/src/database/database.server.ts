import { mongo } from 'mongoose';
import { catalogCommands } from './catalog.commands';
import type { Command, CommandContext, Request } from './command.context';
import { keyOf } from './document.values';
import { Cursors, readCommands } from './read.commands';
import { Blocked, Paused, ServerFailure, unsupported } from './server.errors';
import { ServerSessions } from './server.sessions';
import { ServerState } from './server.state';
import type { ServerTransaction } from './server.transaction';
import { hello } from './simulated.topology';
import { sweepExpired } from './expiry';
import { writeCommands } from './write.commands';

export interface ServerOptions {
  /** transactionLifetimeLimitSeconds of the server. */
  transactionLifetimeMs: number;
  /** ttlMonitorSleepSecs of the server. */
  ttlIntervalMs: number;
  /** How likely others come between two parts of a command outside a transaction: a scan, statements of a batch. */
  interleaving: number;
}

/** Options that would change what a command does, and are not simulated. */
const notSimulated = ['collation', 'arrayFilters', 'let', 'min', 'max', 'hint', 'pipeline', 'tailable'];

function refuseUnknown(name: string, command: mongo.Document): void {
  const statements = [command['updates'] ?? command['deletes'] ?? []].flat() as mongo.Document[];
  for (const part of [command, ...statements]) {
    const option = notSimulated.find((each) => each in part && !(each === 'pipeline' && name === 'aggregate'));
    if (option) throw unsupported(`${option} of ${name}`);
    if (Array.isArray(part['u'] ?? part['update'])) throw unsupported(`a pipeline as the update of ${name}`);
  }
}

const sessionId = ({ lsid }: mongo.Document): string => keyOf((lsid as { id: unknown }).id);

/** Takes commands one at a time, each whole, and answers them as a primary with majority and journal would. */
export class DatabaseServer {
  readonly state = new ServerState();
  private readonly sessions = new ServerSessions(this.state);
  private readonly cursors = new Cursors();
  private readonly commands: Record<string, Command>;
  private sweepAt = 0;

  constructor(
    private readonly options: ServerOptions,
    private readonly random: () => number,
    private readonly newId: () => mongo.ObjectId,
  ) {
    this.commands = {
      ...readCommands(this.cursors),
      ...writeCommands,
      ...catalogCommands,
      ping: () => ({ ok: 1 }),
      endSessions: () => ({ ok: 1 }),
    };
  }

  /** The answer; or the request must be given again, at once or after a while. `serverTime`: with skew. */
  execute(request: Request, now: number, serverTime: number): object | 'blocked' | 'paused' {
    this.state.abortOpen(now - this.options.transactionLifetimeMs);
    this.sweep(now, serverTime);
    try {
      return this.answer(request, now, serverTime);
    } catch (error) {
      if (error instanceof Blocked) return 'blocked';
      if (error instanceof Paused) return 'paused';
      if (error instanceof ServerFailure) return error.reply();
      throw error;
    }
  }

  /** Killed and started again: what was not committed is gone. */
  restart(): void {
    this.state.abortOpen();
    this.cursors.clear();
  }

  private answer(request: Request, now: number, serverTime: number): object {
    const { command } = request;
    const name = Object.keys(command)[0]!;
    if (/^(hello|ismaster)$/i.test(name)) return hello(new Date(serverTime));
    const number = command['txnNumber'] === undefined ? null : Number(command['txnNumber']);
    if (name === 'commitTransaction') {
      this.sessions.commit(sessionId(command), number!, now);
      return { ok: 1 };
    }
    if (name === 'abortTransaction') {
      this.sessions.abort(sessionId(command), number!);
      return { ok: 1 };
    }
    const run = this.commands[name];
    if (!run) throw unsupported(name);
    refuseUnknown(name, command);
    const pauses = () => this.random() < this.options.interleaving;
    const base = { state: this.state, request, now, turn: { done: 0 }, pauses, newId: this.newId, random: this.random };
    if (number === null) return run({ ...base, transaction: null, results: request.results });
    if (command['autocommit'] !== false) {
      return run({ ...base, transaction: null, results: this.sessions.retryable(sessionId(command), number) });
    }
    return this.within(this.transactionOf(request, number, now), { ...base, results: request.results }, run);
  }

  private transactionOf({ command, process }: Request, number: number, now: number): ServerTransaction {
    const id = sessionId(command);
    if (!command['startTransaction']) return this.sessions.current(id, number);
    return this.sessions.start(id, number, () => this.state.begin(process, now));
  }

  /** A command that fails ends its transaction. */
  private within(transaction: ServerTransaction, base: Omit<CommandContext, 'transaction'>, run: Command): object {
    try {
      const reply = run({ ...base, transaction });
      if ('writeErrors' in reply) this.state.abort(transaction);
      return reply;
    } catch (error) {
      this.state.abort(transaction);
      throw error;
    }
  }

  private sweep(now: number, serverTime: number): void {
    if (now < this.sweepAt) return;
    this.sweepAt = now + this.options.ttlIntervalMs;
    sweepExpired(this.state, now, serverTime);
  }
}
