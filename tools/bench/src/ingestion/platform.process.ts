import { execFile, fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runningPlatform } from '@perennial/cli';
import { defaultArtifacts, freePort, processesOf } from '@perennial/local-stack';
import type { Watched } from './process.watch';

/** From here on a free port is looked for. */
const REPLICA_PORT = 18_200;
const cli = join(__dirname, '..', '..', '..', 'cli', 'dist');
const commandLine = join(cli, 'main.js');
const serviceChild = join(cli, 'platform', 'service.child.js');

interface Status {
  readonly services: readonly { service: string; url: string; pid: number | null }[];
}

/** Kafka, the database and a process per service, all of its own, under a temporary home. */
export class PlatformProcess {
  private constructor(
    readonly home: string,
    readonly kafka: string,
    readonly url: string,
    private readonly environment: NodeJS.ProcessEnv,
  ) {}

  /** pipelines: file name and text of each. */
  static async start(
    pipelines: Readonly<Record<string, string>>,
    environment: NodeJS.ProcessEnv,
  ): Promise<PlatformProcess> {
    const home = await mkdtemp(join(tmpdir(), 'perennial-bench-'));
    const folder = join(home, 'pipelines');
    await mkdir(folder);
    for (const [name, text] of Object.entries(pipelines)) await writeFile(join(folder, `${name}.yaml`), text);
    const artifacts = environment.PERENNIAL_ARTIFACTS ?? defaultArtifacts();
    const own = { ...environment, PERENNIAL_HOME: home, PERENNIAL_ARTIFACTS: artifacts };
    const started = await command<{ kafka: string; platform: string }>(own, [
      'up',
      '--separate',
      '--pipelines',
      folder,
    ]);
    return new PlatformProcess(home, started.kafka, started.platform, own);
  }

  /** Every process that works on the data: broker, database, services. */
  async processes(): Promise<Watched[]> {
    const servers = processesOf(this.home).filter(({ name }) => name === 'kafka' || name === 'mongo');
    const { services } = await command<Status>(this.environment, ['status']);
    const running = services.flatMap(({ service, url, pid }) => (pid === null ? [] : [{ name: service, pid, url }]));
    return [...servers.map(({ name, pid }) => ({ name, pid })), ...running];
  }

  /** One more process of a service, until the function that it resolves with is called. */
  async replica(service: string): Promise<() => Promise<unknown>> {
    const plan = runningPlatform(this.home);
    if (!plan) throw new Error(`no platform runs under ${this.home}`);
    const services = { ...plan.ports.services, [service]: await freePort(REPLICA_PORT) };
    const planFile = join(this.home, `${service}-replica.json`);
    await writeFile(planFile, JSON.stringify({ ...plan, ports: { ...plan.ports, services } }));
    const child = fork(serviceChild, [planFile, service], { env: this.environment, stdio: 'ignore', execArgv: [] });
    const exited = once(child, 'exit');
    const ended = exited.then(([code]) => Promise.reject(new Error(`the replica of ${service} ended with ${code}`)));
    await Promise.race([once(child, 'message'), ended]);
    ended.catch(() => undefined);
    return () => {
      child.kill('SIGTERM');
      return exited;
    };
  }

  async stop(): Promise<void> {
    await command(this.environment, ['down']);
    await rm(this.home, { recursive: true, force: true });
  }
}

function command<T>(env: NodeJS.ProcessEnv, args: readonly string[]): Promise<T> {
  return new Promise((resolve, reject) => {
    const options = { env, timeout: 300_000 };
    execFile(process.execPath, [commandLine, ...args, '--json'], options, (error, stdout, stderr) => {
      if (error) reject(new Error(`perennial ${args.join(' ')}: ${stderr}`, { cause: error }));
      else resolve(JSON.parse(stdout) as T);
    });
  });
}
