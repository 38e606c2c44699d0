import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { MongoClient } from 'mongodb';
import { writeAtomically } from './atomic.file';
import { freePort } from './free.port';
import { ensureInstalled } from './installation';
import type { ServerStart } from './kafka.server';
import { runningProcess } from './process.record';
import { startProcess } from './process.supervisor';
import { databaseEnvironment } from './stack.config';
import { secantusInstallation, secantusPython } from './secantus.installation';
import { readStackSettings, rememberPorts } from './stack.settings';
import { startOnFreePort } from './start.on.free.port';

const launcher = join(__dirname, '..', 'secantusdb', 'server.py');

async function isWritable(url: string): Promise<boolean> {
  const client = new MongoClient(url, { serverSelectionTimeoutMS: 2000, connectTimeoutMS: 2000 });
  try {
    const hello = await client.db('admin').command({ hello: 1 });
    return hello.isWritablePrimary === true;
  } finally {
    await client.close();
  }
}

async function startAnew(start: ServerStart): Promise<{ port: number; url: string }> {
  const { layout } = start;
  const port = await freePort(readStackSettings(layout.settings).mongo?.port ?? start.preferredPort);
  mkdirSync(join(layout.mongo, 'data'), { recursive: true });
  // Named explicitly, so that no settings file of the user is picked up from elsewhere.
  writeAtomically(join(layout.mongo, 'secantusd.toml'), '');
  rememberPorts(layout.settings, { mongo: { port } });
  return { port, url: `mongodb://127.0.0.1:${port}/perennial?directConnection=true` };
}

/** Starts the database, or finds the one that this home started before. Returns its connection string. */
export async function startMongoServer(start: ServerStart): Promise<{ url: string; started: boolean }> {
  const { layout } = start;
  const running = runningProcess(layout.processes, 'mongo');
  const installation = secantusInstallation(layout.artifacts, start.onProgress);
  if (!running) await ensureInstalled(installation, start.onProgress);
  return startOnFreePort(async () => {
    const details = running ? running.details : await startAnew(start);
    const { alreadyRunning } = await startProcess({
      directory: layout.processes,
      name: 'mongo',
      command: secantusPython(installation.directory),
      args: [
        ...['-I', launcher, '--config', 'secantusd.toml', '--host', '127.0.0.1'],
        ...['--port', String(details.port), '--storage-path', 'data', '--cache-size', '256M', '--sync-on-commit'],
      ],
      cwd: layout.mongo,
      environment: databaseEnvironment(start.transactionSeconds),
      logFile: join(layout.logs, 'mongo.log'),
      details,
      ready: (record) => isWritable(String(record.details.url)),
    });
    return { url: String(details.url), started: !alreadyRunning };
  });
}
