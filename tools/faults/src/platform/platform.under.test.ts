import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { defaultArtifacts, killKafka, logDirectory, startKafka } from '@perennial/local-stack';
import { valvePipeline } from '../story/valve.pipeline';
import { faultEnvironment } from './fault.environment.config';
import { PageSink } from './page.sink';

const commandLine = join(__dirname, '..', '..', '..', 'cli', 'dist', 'main.js');
const startLimitMs = 240_000;

export interface ServiceProcess {
  readonly service: string;
  readonly url: string;
  readonly pid: number | null;
  readonly restarts: number;
  readonly ready: boolean;
}

export interface PlatformStatus {
  readonly services: ServiceProcess[];
  readonly lag: readonly { readonly group: string; readonly topic: string; readonly lag: number }[];
}

export interface Addresses {
  readonly platform: string;
  readonly kafka: string;
  readonly mongo: string;
}

/** Kafka, the database and nine processes of services, all of its own, under a temporary home. */
export class PlatformUnderTest {
  private constructor(
    readonly home: string,
    readonly sink: PageSink,
    readonly addresses: Addresses,
    private readonly environment: NodeJS.ProcessEnv,
  ) {}

  static async start(pipelines: readonly string[]): Promise<PlatformUnderTest> {
    const home = await mkdtemp(join(tmpdir(), 'perennial-faults-'));
    const folder = join(home, 'pipelines');
    await mkdir(folder);
    for (const name of pipelines) await writeFile(join(folder, `${name}.yaml`), valvePipeline(name));
    const sink = await PageSink.start();
    const places = { PERENNIAL_HOME: home, PERENNIAL_ARTIFACTS: process.env.PERENNIAL_ARTIFACTS || defaultArtifacts() };
    const environment = faultEnvironment({ ...places, ...sink.environment });
    try {
      const addresses = await command<Addresses>(
        environment,
        ['up', '--separate', '--pipelines', folder],
        startLimitMs,
      );
      return new PlatformUnderTest(home, sink, addresses, environment);
    } catch (error) {
      await command(environment, ['down']).catch(() => undefined);
      await sink.stop();
      throw error;
    }
  }

  status(): Promise<PlatformStatus> {
    return command<PlatformStatus>(this.environment, ['status']);
  }

  async services(): Promise<ServiceProcess[]> {
    return (await this.status()).services;
  }

  /** Reads from the platform's API. */
  async get<T>(path: string): Promise<T> {
    const answer = await fetch(this.addresses.platform + path, { signal: AbortSignal.timeout(10_000) });
    if (!answer.ok) throw new Error(`GET ${path}: ${answer.status} ${await answer.text()}`);
    return (await answer.json()) as T;
  }

  killBroker(): Promise<void> {
    return killKafka(this.home);
  }

  /** On the same port, with the same data. */
  async restartBroker(): Promise<void> {
    const address = await startKafka({ home: this.home, artifacts: this.environment.PERENNIAL_ARTIFACTS });
    if (address !== this.addresses.kafka) throw new Error(`the broker came back at ${address}`);
  }

  /** The last lines that a service logged, for a failure's message. */
  async logOf(service: string, lines = 15): Promise<string> {
    const text = await readFile(join(logDirectory(this.home), `${service}.log`), 'utf8').catch(() => '');
    return text.trimEnd().split('\n').slice(-lines).join('\n');
  }

  /** Stops everything. The home stays when asked for: its logs tell what happened. */
  async stop({ keepHome = false } = {}): Promise<void> {
    await command(this.environment, ['down'], 120_000);
    await this.sink.stop();
    if (!keepHome) await rm(this.home, { recursive: true, force: true });
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
