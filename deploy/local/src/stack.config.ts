import { existsSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import type { Detour } from './server.properties';

/** The first directory upwards that holds the lockfile: the checkout, whether run from sources or from dist. */
function checkout(from: string): string {
  let directory = from;
  while (!existsSync(join(directory, 'package-lock.json'))) {
    const parent = dirname(directory);
    if (parent === directory) return process.cwd();
    directory = parent;
  }
  return directory;
}

export interface StackOptions {
  /** Directory of all state; default `.perennial` in the checkout. */
  readonly home: string;
  /** Downloads, shared by every home; default `.perennial/artifacts` in the checkout. */
  readonly artifacts?: string;
  /** `false` leaves that server alone. */
  readonly kafka?: boolean;
  readonly mongo?: boolean;
  /** A server that exists already: used as it is, neither started nor stopped. */
  readonly externalKafka?: string;
  readonly externalMongo?: string;
  readonly preferredPorts?: { readonly kafka?: number; readonly mongo?: number };
  readonly onProgress?: (line: string) => void;
  /** For tests that stand between the broker and its clients. A restart must be told it again. */
  readonly kafkaDetour?: Detour;
  /** After so many idle seconds the database ends a transaction, such as one of a killed process; 60 unless given. */
  readonly transactionSeconds?: number;
}

export const defaultHome = (): string => join(checkout(__dirname), '.perennial');
export const defaultArtifacts = (): string => join(defaultHome(), 'artifacts');

type Environment = Readonly<Record<string, string | undefined>>;

function portFrom(environment: Environment, name: string): number | undefined {
  const text = environment[name];
  if (!text) return undefined;
  const port = Number(text);
  if (!Number.isInteger(port) || port < 1 || port > 65_535) {
    throw new RangeError(`${name} must be a port from 1 to 65535, got "${text}"`);
  }
  return port;
}

/** Reads PERENNIAL_HOME, PERENNIAL_ARTIFACTS, KAFKA_BROKERS, MONGO_URL, PERENNIAL_KAFKA_PORT and PERENNIAL_MONGO_PORT. */
export function stackOptions(environment: Environment = process.env): StackOptions {
  return {
    home: resolve(environment.PERENNIAL_HOME || defaultHome()),
    artifacts: resolve(environment.PERENNIAL_ARTIFACTS || defaultArtifacts()),
    externalKafka: environment.KAFKA_BROKERS || undefined,
    externalMongo: environment.MONGO_URL || undefined,
    preferredPorts: {
      kafka: portFrom(environment, 'PERENNIAL_KAFKA_PORT'),
      mongo: portFrom(environment, 'PERENNIAL_MONGO_PORT'),
    },
  };
}

export const javaHome = (environment: Environment = process.env): string | undefined =>
  environment.JAVA_HOME || undefined;

/** What the database's launcher reads; undefined inherits this process's. */
export const databaseEnvironment = (
  transactionSeconds: number | undefined,
  environment: Environment = process.env,
): NodeJS.ProcessEnv | undefined =>
  transactionSeconds === undefined
    ? undefined
    : { ...environment, PERENNIAL_TRANSACTION_SECONDS: String(transactionSeconds) };
