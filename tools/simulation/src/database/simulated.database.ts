import mongoose, { type Connection, mongo } from 'mongoose';
import { SimulatedFault, type Simulator } from '../scheduler/simulator';
import type { Request } from './command.context';
import { DatabaseServer, type ServerOptions } from './database.server';
import type { Document } from './document.values';
import { DocumentSequence, type WireMessage } from './driver.internals';
import type { DocumentChange } from './server.state';
import { clientOn } from './simulated.topology';
import { transferred } from './transferred.document';

/** How long a write that met a lock waits before its n-th next try, in simulated milliseconds: as the server backs off. */
const backoffMs = (tries: number): number => Math.min(100, 5 * tries);

const defaults: ServerOptions = { transactionLifetimeMs: 60_000, ttlIntervalMs: 60_000, interleaving: 0.1 };

/**
 * A MongoDB replica set in the simulation. Connections are mongoose's own on the driver's own client; each command on
 * the wire is one step of the process that sends it.
 */
export class SimulatedDatabase {
  /** Of the server's clock against the simulation's. */
  clockSkewMs = 0;
  private readonly server: DatabaseServer;
  private ids = 0;

  constructor(
    private readonly simulator: Simulator,
    options: Partial<ServerOptions> = {},
    private readonly name = 'perennial',
  ) {
    const newId = this.idSource();
    this.server = new DatabaseServer({ ...defaults, ...options }, () => simulator.random(), newId);
  }

  /** For one start of a process. */
  connect(process: string, { serverSelectionTimeoutMs = 5_000 } = {}): Connection {
    const createPk = this.idSource();
    const options = { database: this.name, serverSelectionTimeoutMs, createPk };
    const client = clientOn((message) => this.exchange(process, message), options);
    const connection = mongoose.createConnection();
    // Mongoose keeps each connection until it is closed; those of a simulation end with it.
    mongoose.connections.splice(mongoose.connections.indexOf(connection), 1);
    connection.set('bufferCommands', false);
    return connection.setClient(client as never);
  }

  /** What was committed, in order. */
  changes(): readonly DocumentChange[] {
    return this.server.state.log;
  }

  /** The committed documents of a collection, without a step. */
  documents(collection: string): Document[] {
    return [...(this.server.state.find(this.name, collection)?.latest() ?? [])];
  }

  /** Killed and back at once: open transactions and cursors are gone, what was committed stays. */
  restart(): void {
    this.server.restart();
  }

  private async exchange(process: string, message: WireMessage): Promise<Uint8Array> {
    const command = decode(message);
    const request: Request = { process, database: message.databaseName, command, results: new Map() };
    const [name, collection] = Object.entries(command)[0]!;
    const operation = {
      target: 'database' as const,
      name: typeof collection === 'string' ? `${name} ${collection}` : name,
    };
    for (let tries = 1; ; tries++) {
      const reply = await this.step(process, operation, request);
      if (typeof reply === 'object') return mongo.BSON.serialize(reply, { ignoreUndefined: true });
      if (reply === 'blocked') await new Promise((resolve) => setTimeout(resolve, backoffMs(tries)));
    }
  }

  private async step(
    process: string,
    operation: { target: 'database'; name: string },
    request: Request,
  ): Promise<object | 'blocked' | 'paused'> {
    try {
      return await this.simulator.perform(process, operation, () => {
        const now = this.simulator.now();
        return this.server.execute(request, now, now + this.clockSkewMs);
      });
    } catch (error) {
      if (!(error instanceof SimulatedFault)) throw error;
      throw new mongo.MongoNetworkError(`connection to the simulated server closed: ${error.message}`, {
        cause: error,
      });
    }
  }

  /** As the driver's: seconds, five bytes of the maker, a counter. */
  private idSource(): () => mongo.ObjectId {
    const maker = Array.from({ length: 5 }, () => Math.floor(this.simulator.random() * 256));
    return () => {
      const bytes = Buffer.alloc(12);
      bytes.writeUInt32BE(Math.floor(this.simulator.now() / 1000) >>> 0, 0);
      bytes.set(maker, 4);
      bytes.writeUIntBE(++this.ids % 0x1000000, 9, 3);
      return new mongo.ObjectId(bytes);
    };
  }
}

/** The command as the server reads it: it shares nothing with the sender. */
function decode({ command, ignoreUndefined, serializeFunctions }: WireMessage): mongo.Document {
  const plain: mongo.Document = {};
  for (const [name, value] of Object.entries(command)) {
    plain[name] = value instanceof DocumentSequence ? value.documents : value;
  }
  return transferred(plain, { ignoreUndefined, serializeFunctions });
}
