import { PassThrough } from 'node:stream';
import { mongo } from 'mongoose';
import {
  Connection,
  type DriverConnection,
  type DriverServer,
  type DriverTopology,
  MongoDBResponse,
  type ResponseType,
  Server,
  ServerDescription,
  Topology,
  type WireMessage,
} from './driver.internals';

/** Carries one message to the server and brings its answer in BSON; rejects with MongoNetworkError. */
export type Wire = (message: WireMessage) => Promise<Uint8Array>;

export const address = 'simulated:27017';

/** Of a member that is primary of its set. Wire version 21 is MongoDB 7.0. */
export const hello = (localTime: Date): mongo.Document => ({
  ok: 1,
  helloOk: true,
  isWritablePrimary: true,
  setName: 'rs0',
  setVersion: 1,
  hosts: [address],
  primary: address,
  me: address,
  minWireVersion: 0,
  maxWireVersion: 21,
  maxBsonObjectSize: 16_777_216,
  maxMessageSizeBytes: 48_000_000,
  maxWriteBatchSize: 100_000,
  logicalSessionTimeoutMinutes: 30,
  localTime,
});

/** Between two checks of a server that is away; twice the least of the driver (minHeartbeatFrequencyMS), for fewer steps. */
const checkEveryMs = 1_000;

/** The driver's connection above the socket: sessions, concerns, errors. One serves all operations at once. */
class SimulatedConnection extends Connection {
  constructor(private readonly wire: Wire) {
    super(Object.assign(new PassThrough(), { remoteAddress: 'simulated', remotePort: 27_017 }), {
      id: 1,
      generation: 0,
      monitorCommands: false,
      logicalSessionTimeoutMinutes: 30,
    });
    this.hello = hello(new Date(0));
    this.established = true;
  }

  override async *sendWire(message: WireMessage, _options: object, responseType?: ResponseType) {
    yield (responseType ?? MongoDBResponse).make(await this.wire(message));
  }
}

/** The driver's server (error labels, pool generations, SDAM) with one connection and checks as steps of the wire. */
class SimulatedServer extends Server {
  private checking = false;

  constructor(
    topology: DriverTopology,
    private readonly wire: Wire,
  ) {
    super(topology, new ServerDescription(address), topology.s.options);
    const connection: DriverConnection = new SimulatedConnection(wire);
    const ignore = () => undefined;
    this.pool = {
      generation: 0,
      checkOut: async () => connection,
      ...{ checkIn: ignore, clear: ignore, ready: ignore, close: ignore, closeCheckedOutConnections: ignore },
    };
    this.monitor = null;
    this.s.state = 'connected';
  }

  /** Asked for after each network error and while operations wait for a server. */
  requestCheck(): void {
    if (this.checking) return;
    this.checking = true;
    void this.check();
  }

  private async check(): Promise<void> {
    const message = { databaseName: 'admin', command: { hello: 1, $db: 'admin' } };
    const options = { ignoreUndefined: true, checkKeys: false, serializeFunctions: false };
    while (this.s.state === 'connected') {
      try {
        const answer = mongo.BSON.deserialize(await this.wire({ ...message, ...options }));
        this.checking = false;
        this.topology.serverUpdateHandler(new ServerDescription(address, answer));
        return;
      } catch {
        // As the driver's own checks, these keep no process alive.
        await new Promise((resolve) => setTimeout(resolve, checkEveryMs).unref());
      }
    }
  }
}

class SimulatedTopology extends Topology {
  private readonly server: DriverServer;

  constructor(client: mongo.MongoClient, wire: Wire) {
    super(client, address, client.options);
    this.server = new SimulatedServer(this, wire);
    this.server.on('descriptionReceived', (description) => this.serverUpdateHandler(description));
    this.s.servers.set(address, this.server);
    this.serverUpdateHandler(new ServerDescription(address, hello(new Date(0))));
    this.s.state = 'connected';
  }

  /** The driver's own selection, with its timeout, only while the server is not known to be there. */
  override async selectServer(selector: unknown, options: object): Promise<DriverServer> {
    const { error } = this.server.s.description as { error?: unknown };
    return error ? super.selectServer(selector, options) : this.server;
  }
}

export interface ClientOptions {
  database: string;
  /** How long an operation waits for a server that is away. */
  serverSelectionTimeoutMs: number;
  /** Makes the ids of inserted documents. */
  createPk(): mongo.ObjectId;
}

/** A client of the driver that is connected to `wire`. */
export function clientOn(wire: Wire, options: ClientOptions): mongo.MongoClient {
  const { database, serverSelectionTimeoutMs, createPk } = options;
  const client = new mongo.MongoClient(`mongodb://${address}/${database}?replicaSet=rs0`, {
    pkFactory: { createPk },
    serverSelectionTimeoutMS: serverSelectionTimeoutMs,
  });
  Object.assign(client, { topology: new SimulatedTopology(client, wire) });
  return client;
}
