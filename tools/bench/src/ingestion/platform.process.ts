import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { defaultArtifacts, processesOf } from '@perennial/local-stack';
import type { Watched } from './process.watch';

const commandLine = join(__dirname, '..', '..', '..', 'cli', 'dist', 'main.js');

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
