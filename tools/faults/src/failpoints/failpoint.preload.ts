import { basename } from 'node:path';
import { isMainThread } from 'node:worker_threads';
import { mustDie } from './arming';
import { placeFailpoints } from './places';
import { preloadedService } from './preloaded.config';

const found = isMainThread ? preloadedService(process.argv) : undefined;

if (found) {
  const { home, service } = found;
  placeFailpoints((failpoint) => {
    if (!mustDie(home, service, failpoint)) return;
    process.stderr.write(`${basename(__filename)}: ${service} dies at ${failpoint}\n`);
    process.kill(process.pid, 'SIGKILL');
  });
}
