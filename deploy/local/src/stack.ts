import { accessSync, constants, mkdirSync, rmSync } from 'node:fs';
import { withLock } from './exclusive.lock';
import { startKafkaServer } from './kafka.server';
import { startMongoServer } from './mongo.server';
import { runningProcess, runningProcesses } from './process.record';
import { signalProcess, stopProcess, stopProcesses } from './process.supervisor';
import { type StackOptions, defaultArtifacts, javaHome } from './stack.config';
import { StackError } from './stack.error';
import { type StackLayout, stackLayout, stateOf } from './stack.layout';

export type ServerName = 'kafka' | 'mongo';

export interface Stack {
  /** `host:port`, or the list that KAFKA_BROKERS gave; empty when not asked for. */
  readonly kafka: string;
  /** Connection string; empty when not asked for. */
  readonly mongo: string;
  /** What this call started, as opposed to found. */
  readonly started: ServerName[];
}

export interface ServerStatus {
  readonly running: boolean;
  readonly phase?: 'starting' | 'ready';
  readonly pid?: number;
  readonly address?: string;
  readonly startedAt?: string;
  readonly logFile?: string;
}

function prepare(options: Pick<StackOptions, 'home' | 'artifacts'>): StackLayout {
  const layout = stackLayout(options.home, options.artifacts ?? defaultArtifacts());
  try {
    mkdirSync(layout.processes, { recursive: true });
    accessSync(layout.home, constants.W_OK);
  } catch (error) {
    const message = `cannot write to ${layout.home}; set PERENNIAL_HOME to a directory that you may write to`;
    throw new StackError('home-unusable', message, { home: layout.home }, error);
  }
  return layout;
}

/**
 * Starts what is missing and returns where everything is; a second call finds the first, also from another process and
 * also while the first is still under way.
 * @throws StackError, whose message says what to do
 */
export async function startStack(options: StackOptions): Promise<Stack> {
  const layout = prepare(options);
  const onProgress = options.onProgress ?? (() => undefined);
  const onWait = (pid: number) => onProgress(`waiting for process ${pid}, which is starting or stopping the servers …`);
  const { kafkaDetour, transactionSeconds } = options;
  const shared = { layout, onProgress, environment: { JAVA_HOME: javaHome() }, kafkaDetour, transactionSeconds };
  return withLock(
    layout.lock,
    async () => {
      const started: ServerName[] = [];
      let { externalKafka: kafka = '', externalMongo: mongo = '' } = options;
      if (!mongo && options.mongo !== false) {
        const server = await startMongoServer({ ...shared, preferredPort: options.preferredPorts?.mongo ?? 27_017 });
        mongo = server.url;
        if (server.started) started.push('mongo');
        onProgress(`database ${server.started ? 'started' : 'found'} at ${mongo}`);
      }
      if (!kafka && options.kafka !== false) {
        const server = await startKafkaServer({ ...shared, preferredPort: options.preferredPorts?.kafka ?? 9092 });
        kafka = server.address;
        if (server.started) started.push('kafka');
        onProgress(`Kafka ${server.started ? 'started' : 'found'} at ${kafka}`);
      }
      return { kafka, mongo, started };
    },
    { onWait },
  );
}

/** Stops the servers that this home started and waits for their end; returns their names. */
export async function stopStack(options: Pick<StackOptions, 'home'>): Promise<ServerName[]> {
  const layout = prepare(options);
  return withLock(layout.lock, async () => {
    const stopped: ServerName[] = [];
    for (const name of ['kafka', 'mongo'] as const) if (await stopProcess(layout.processes, name)) stopped.push(name);
    return stopped;
  });
}

export function stackStatus(options: Pick<StackOptions, 'home'>): Record<ServerName, ServerStatus> {
  const layout = stackLayout(options.home, defaultArtifacts());
  const statusOf = (name: ServerName, key: string): ServerStatus => {
    const record = runningProcess(layout.processes, name);
    if (!record) return { running: false };
    const { phase, pid, startedAt, logFile } = record;
    return { running: true, phase, pid, startedAt, logFile, address: String(record.details[key]) };
  };
  return { kafka: statusOf('kafka', 'address'), mongo: statusOf('mongo', 'url') };
}

/**
 * Stops everything of this home and deletes the servers' state. Downloads stay, and so does whatever else lies there.
 * @throws StackError `reset-not-confirmed` unless the caller asked the person and says so
 */
export async function resetStack(options: Pick<StackOptions, 'home'> & { confirmed: boolean }): Promise<string[]> {
  const layout = prepare(options);
  if (!options.confirmed) {
    throw new StackError('reset-not-confirmed', `reset deletes all data under ${layout.home}; confirm it with --yes`);
  }
  await stopProcesses(layout.processes);
  await withLock(layout.lock, async () => {
    await stopProcesses(layout.processes);
    for (const path of stateOf(layout)) rmSync(path, { recursive: true, force: true });
  });
  return stateOf(layout);
}

/** Directory of the records of a home's processes, for `startProcess` and its kin. */
export const processDirectory = (home: string): string => stackLayout(home, defaultArtifacts()).processes;

/** Logs of a home's processes. */
export const logDirectory = (home: string): string => stackLayout(home, defaultArtifacts()).logs;

export const processesOf = (home: string) => runningProcesses(processDirectory(home));

/** For fault tests: SIGKILL (waits for the end), SIGSTOP and SIGCONT (a server that hangs and comes back). */
export const signalServer = async (home: string, name: ServerName, signal: NodeJS.Signals): Promise<void> => {
  await signalProcess(processDirectory(home), name, signal);
};

export const killKafka = (home: string): Promise<void> => signalServer(home, 'kafka', 'SIGKILL');
export const killMongo = (home: string): Promise<void> => signalServer(home, 'mongo', 'SIGKILL');

type Restart = Pick<StackOptions, 'home' | 'artifacts' | 'onProgress' | 'kafkaDetour' | 'transactionSeconds'>;

/** The same data on the same port as before, if nobody took it. */
export const startKafka = async (options: Restart) => (await startStack({ ...options, mongo: false })).kafka;
export const startMongo = async (options: Restart) => (await startStack({ ...options, kafka: false })).mongo;

export async function restartKafka(options: Restart): Promise<string> {
  await stopProcess(processDirectory(options.home), 'kafka');
  return startKafka(options);
}
