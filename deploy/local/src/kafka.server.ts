import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { Kafka, logLevel } from 'kafkajs';
import { writeAtomically } from './atomic.file';
import { freePort } from './free.port';
import { ensureInstalled } from './installation';
import { findJava, kafkaFiles, kafkaInstallation } from './kafka.installation';
import { runningProcess } from './process.record';
import { startProcess } from './process.supervisor';
import { lastLines, runCommand } from './run.command';
import { type Detour, parseClusterId, serverProperties } from './server.properties';
import { StackError } from './stack.error';
import type { StackLayout } from './stack.layout';
import { readStackSettings, rememberPorts } from './stack.settings';
import { startOnFreePort } from './start.on.free.port';

export interface ServerStart {
  readonly layout: StackLayout;
  readonly preferredPort: number;
  readonly environment: { readonly JAVA_HOME?: string };
  readonly onProgress: (line: string) => void;
  readonly kafkaDetour?: Detour;
  /** After so many idle seconds the database ends a transaction. */
  readonly transactionSeconds?: number;
}

const logDirectory = 'data';

/** Cluster id of the broker that answers at this address. */
export async function askClusterId(address: string): Promise<string> {
  const client = new Kafka({
    clientId: 'local-stack',
    brokers: [address],
    connectionTimeout: 2000,
    requestTimeout: 5000,
    retry: { retries: 0 },
    logLevel: logLevel.NOTHING,
  });
  const admin = client.admin();
  try {
    await admin.connect();
    return (await admin.describeCluster()).clusterId;
  } finally {
    await admin.disconnect().catch(() => undefined);
  }
}

function javaArguments(jars: string, heap: string, mainClass: string, args: readonly string[]): string[] {
  return [
    heap,
    '-XX:+UseSerialGC',
    '-XX:+ExitOnOutOfMemoryError',
    '-Djava.awt.headless=true',
    '-Djava.net.preferIPv4Stack=true',
    '-Dlog4j2.configurationFile=log4j2.xml',
    '-cp',
    join(jars, '*'),
    mainClass,
    ...args,
  ];
}

const savedClusterId = (directory: string): string | undefined => {
  const path = join(directory, logDirectory, 'meta.properties');
  return existsSync(path) ? parseClusterId(readFileSync(path, 'utf8')) : undefined;
};

/** Formats the log directory once; an interrupted format is repeated, finished data is never touched. */
async function ensureFormatted(java: string, jars: string, directory: string): Promise<string> {
  const existing = savedClusterId(directory);
  if (existing) return existing;
  const id = randomBytes(16).toString('base64url').replace(/^-/, 'A');
  const args = javaArguments(jars, '-Xmx128m', 'kafka.tools.StorageTool', [
    ...['format', '--ignore-formatted', '--cluster-id', id, '--config', 'server.properties'],
  ]);
  const { exitCode, output } = await runCommand(java, args, directory);
  const formatted = savedClusterId(directory);
  if (exitCode !== 0 || !formatted) {
    const message = `formatting Kafka's log directory ${join(directory, logDirectory)} failed:\n${lastLines(output)}`;
    throw new StackError('start-failed', message, { output });
  }
  return formatted;
}

async function choosePorts(start: ServerStart): Promise<{ port: number; controllerPort: number }> {
  const last = readStackSettings(start.layout.settings).kafka;
  const port = await freePort(last?.port ?? start.preferredPort);
  const controllerPort = await freePort(last?.controllerPort ?? port + 1, [port]);
  return { port, controllerPort };
}

async function startAnew(start: ServerStart, java: string, jars: string) {
  const directory = start.layout.kafka;
  const ports = await choosePorts(start);
  mkdirSync(directory, { recursive: true });
  writeAtomically(
    join(directory, 'server.properties'),
    serverProperties({ ...ports, logDirectory, detour: start.kafkaDetour }),
  );
  writeAtomically(join(directory, 'log4j2.xml'), readFileSync(join(kafkaFiles, 'log4j2.xml'), 'utf8'));
  const clusterId = await ensureFormatted(java, jars, directory);
  rememberPorts(start.layout.settings, { kafka: ports });
  return { address: `127.0.0.1:${ports.port}`, clusterId };
}

/** Starts the broker, or finds the one that this home started before. Returns its `host:port`. */
export async function startKafkaServer(start: ServerStart): Promise<{ address: string; started: boolean }> {
  const { layout } = start;
  const running = runningProcess(layout.processes, 'kafka');
  const installation = kafkaInstallation(layout.artifacts, start.onProgress);
  const java = running ? 'java' : await findJava(start.environment.JAVA_HOME);
  if (!running) await ensureInstalled(installation, start.onProgress);
  return startOnFreePort(async () => {
    const details = running ? running.details : await startAnew(start, java, installation.directory);
    const { alreadyRunning } = await startProcess({
      directory: layout.processes,
      name: 'kafka',
      command: java,
      args: javaArguments(installation.directory, '-Xmx384m', 'kafka.Kafka', ['server.properties']),
      cwd: layout.kafka,
      logFile: join(layout.logs, 'kafka.log'),
      details,
      ready: async (record) => (await askClusterId(String(record.details.address))) === record.details.clusterId,
    });
    return { address: String(details.address), started: !alreadyRunning };
  });
}
