import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  type GroupLag,
  platformLag,
  runningPlatform,
  serviceProcesses,
  type ServiceState,
  serviceStates,
  stopPlatform,
} from '@perennial/cli';
import { defaultArtifacts, logDirectory, withLock } from '@perennial/local-stack';
import { kafkaConfigSchema } from '@perennial/messaging-kafka';
import type { StageDefinition, StageProps } from '../chaos/stage.definition';
import { artifactsDirectory, faultEnvironment, preloadOption } from './fault.environment.config';
import { PageSink } from './page.sink';
import { freePorts } from './platform.ports';
import { ServerPair } from './server.pair';

const commandLine = join(__dirname, '..', '..', '..', 'cli', 'dist', 'main.js');
const startLock = join(tmpdir(), 'perennial-faults-start.lock');
const startLimitMs = 240_000;
const restartLimitMs = 120_000;

export type ServiceProcess = Pick<ServiceState, 'service' | 'url' | 'pid' | 'restarts' | 'ready'>;

export interface PlatformStatus {
  readonly services: ServiceProcess[];
  readonly lag: readonly GroupLag[];
}

/** `kafka` and `mongo` are the servers themselves; the services come by the proxies. */
export interface Addresses {
  readonly platform: string;
  readonly kafka: string;
  readonly mongo: string;
}

/** Homes of what this process started and has not stopped. */
const homes = new Set<string>();

/** For an interrupted run: ends all that it started. */
export const stopEverything = async (): Promise<void> => void (await Promise.allSettled([...homes].map(stopPlatform)));

/** Kafka, the database and nine processes of services, all of its own, under a temporary home. */
export class PlatformUnderTest {
  private constructor(
    readonly home: string,
    readonly sink: PageSink,
    readonly servers: ServerPair,
    readonly addresses: Addresses,
    /** Of its services. */
    readonly environment: NodeJS.ProcessEnv,
    private readonly props: StageProps | undefined,
  ) {}

  /** `pipelines`: pipeline.yaml by name. What was started before a failure is stopped again; the logs stay. */
  static start(pipelines: Readonly<Record<string, string>>, stage: StageDefinition): Promise<PlatformUnderTest> {
    // One at a time: platforms that choose their ports at once may choose the same.
    return withLock(startLock, () => PlatformUnderTest.startAlone(pipelines, stage));
  }

  private static async startAlone(
    pipelines: Readonly<Record<string, string>>,
    { name, preloads = [], prepare }: StageDefinition,
  ): Promise<PlatformUnderTest> {
    const home = await mkdtemp(join(tmpdir(), `perennial-${name}-`));
    homes.add(home);
    const folder = join(home, 'pipelines');
    await mkdir(folder);
    for (const [each, text] of Object.entries(pipelines)) await writeFile(join(folder, `${each}.yaml`), text);
    const sink = await PageSink.start();
    const props = await prepare?.(home);
    const ports = await freePorts();
    const servers = await ServerPair.start(home, ports);
    const environment = faultEnvironment({
      PERENNIAL_HOME: home,
      PERENNIAL_ARTIFACTS: artifactsDirectory() ?? defaultArtifacts(),
      KAFKA_BROKERS: servers.proxied.kafka,
      MONGO_URL: servers.proxied.mongo,
      ...sink.environment,
      ...preloadOption(preloads),
      ...props?.environment,
    });
    try {
      const up = ['up', '--separate', '--pipelines', folder, '--ports-from', String(ports.services)];
      const { platform } = await command<{ platform: string }>(environment, up, startLimitMs);
      const addresses = { ...servers.direct, platform };
      return new PlatformUnderTest(home, sink, servers, addresses, environment, props);
    } catch (error) {
      await command(environment, ['down']).catch(() => undefined);
      await Promise.all([servers.stop(), sink.stop(), props?.close()]);
      homes.delete(home);
      throw error;
    }
  }

  async status(): Promise<PlatformStatus> {
    const kafka = kafkaConfigSchema.parse({ brokers: [this.addresses.kafka] });
    const [services, lag] = await Promise.all([this.services(), platformLag(kafka, '')]);
    return { services, lag };
  }

  services(): Promise<ServiceProcess[]> {
    const plan = runningPlatform(this.home);
    if (!plan) throw new Error(`no platform runs under ${this.home}`);
    return serviceStates(plan);
  }

  /** SIGKILL; its supervisor starts it again. One that is just being started again is waited for. */
  async kill(service: string): Promise<number> {
    const deadline = performance.now() + restartLimitMs;
    for (;;) {
      const pid = serviceProcesses(this.home)[service]?.pid ?? null;
      if (pid !== null && endProcess(pid)) return pid;
      if (performance.now() > deadline) throw new Error(`${service} has no process`);
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }

  /** Kills it and waits until its successor is ready. */
  async restart(service: string): Promise<void> {
    await this.ready(service, await this.kill(service));
  }

  /** Waits until a service is ready, in another process than `before`. */
  async ready(service: string, before?: number): Promise<void> {
    const deadline = performance.now() + restartLimitMs;
    for (;;) {
      const now = (await this.services()).find((each) => each.service === service);
      if (now?.ready && now.pid !== before) return;
      if (performance.now() > deadline) {
        throw new Error(`${service} did not come back within ${restartLimitMs} ms:\n${await this.logOf(service)}`);
      }
      await new Promise((resolve) => setTimeout(resolve, 200));
    }
  }

  /** Reads from the platform's API. A service that is just being started again is waited for. */
  async get<T>(path: string): Promise<T> {
    const deadline = performance.now() + restartLimitMs;
    for (;;) {
      const answer = await this.ask(path).catch((error: Error) => ({ status: 503, text: error.message }));
      if (answer.status === 200) return JSON.parse(answer.text) as T;
      if (answer.status < 500 || performance.now() > deadline) {
        throw new Error(`GET ${path}: ${answer.status} ${answer.text}`);
      }
      await new Promise((resolve) => setTimeout(resolve, 300));
    }
  }

  private async ask(path: string): Promise<{ status: number; text: string }> {
    const answer = await fetch(this.addresses.platform + path, { signal: AbortSignal.timeout(10_000) });
    return { status: answer.status, text: await answer.text() };
  }

  get logs(): string {
    return logDirectory(this.home);
  }

  /** The last lines that a service logged, for a failure's message. */
  async logOf(service: string, lines = 15): Promise<string> {
    const text = await readFile(join(this.logs, `${service}.log`), 'utf8').catch(() => '');
    return text.trimEnd().split('\n').slice(-lines).join('\n');
  }

  /** Stops everything. The home stays when asked for: its logs tell what happened. */
  async stop({ keepHome = false } = {}): Promise<void> {
    await command(this.environment, ['down'], 120_000);
    await Promise.all([this.servers.stop(), this.sink.stop(), this.props?.close()]);
    homes.delete(this.home);
    if (!keepHome) await rm(this.home, { recursive: true, force: true });
  }
}

/** False when it has ended already. */
function endProcess(pid: number): boolean {
  try {
    return process.kill(pid, 'SIGKILL');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ESRCH') return false;
    throw error;
  }
}

/** Runs the command line as a person would, and reads its JSON. */
function command<T>(env: NodeJS.ProcessEnv, args: readonly string[], timeout = 60_000): Promise<T> {
  return new Promise((resolve, reject) => {
    execFile(process.execPath, [commandLine, ...args, '--json'], { env, timeout }, (error, stdout, stderr) => {
      if (!error) return resolve(JSON.parse(stdout) as T);
      const { killed } = error;
      const how = killed ? `did not end within ${timeout} ms` : 'failed';
      reject(new Error(`perennial ${args.join(' ')} ${how}\n${stderr}`, { cause: error }));
    });
  });
}
