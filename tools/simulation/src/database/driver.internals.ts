import type { mongo } from 'mongoose';

/**
 * The parts of the driver below its public face that carry commands to a server. Pinned with the driver's version;
 * the contract suites fail when a new version moves them.
 */

/** A command with its session, transaction number and concerns, as it would be written to the socket. */
export interface WireMessage {
  databaseName: string;
  command: mongo.Document;
  ignoreUndefined: boolean;
  checkKeys: boolean;
  serializeFunctions: boolean;
}

export interface ResponseType {
  make(bson: Uint8Array): unknown;
}

export interface DriverConnection {
  hello: mongo.Document | null;
  established: boolean;
  sendWire(message: WireMessage, options: object, responseType?: ResponseType): AsyncGenerator<unknown>;
}

export interface DriverServer {
  monitor: object | null;
  pool: object;
  s: { description: object; state: string };
  topology: DriverTopology;
  on(event: 'descriptionReceived', listener: (description: object) => void): void;
}

export interface DriverTopology {
  s: { servers: Map<string, DriverServer>; state: string; options: mongo.Document };
  waitQueue: { length: number };
  client: mongo.MongoClient;
  serverUpdateHandler(description: object): void;
  selectServer(selector: unknown, options: object): Promise<DriverServer>;
  close(): void;
}

type Constructor<T, A extends unknown[] = never[]> = new (...args: A) => T;

interface DocumentSequence {
  documents: mongo.Document[];
}

/* eslint-disable @typescript-eslint/no-require-imports -- these modules have no type declarations */
export const { Connection } = require('mongodb/lib/cmap/connection') as {
  Connection: Constructor<DriverConnection, [stream: object, options: object]>;
};
export const { Server } = require('mongodb/lib/sdam/server') as {
  Server: Constructor<DriverServer, [topology: object, description: object, options: object]>;
};
export const { Topology } = require('mongodb/lib/sdam/topology') as {
  Topology: Constructor<DriverTopology, [client: mongo.MongoClient, seeds: string, options: object]>;
};
export const { ServerDescription } = require('mongodb/lib/sdam/server_description') as {
  ServerDescription: Constructor<{ error?: unknown }, [address: string, hello?: mongo.Document]>;
};
export const { DocumentSequence } = require('mongodb/lib/cmap/commands') as {
  DocumentSequence: Constructor<DocumentSequence>;
};
export const { MongoDBResponse } = require('mongodb/lib/cmap/wire_protocol/responses') as {
  MongoDBResponse: ResponseType;
};
export const driverClock = require('mongodb/lib/utils') as { processTimeMS(): number };
/* eslint-enable @typescript-eslint/no-require-imports */
