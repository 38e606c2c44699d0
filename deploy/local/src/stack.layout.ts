import { resolve } from 'node:path';
import { StackError } from './stack.error';

/** Where everything of one stack lies. All paths are absolute. */
export interface StackLayout {
  readonly home: string;
  readonly artifacts: string;
  readonly processes: string;
  readonly lock: string;
  readonly settings: string;
  readonly kafka: string;
  readonly mongo: string;
  readonly logs: string;
}

/** @throws StackError `home-unusable` where a path holds a character that Java or Python cannot take. */
export function stackLayout(home: string, artifacts: string): StackLayout {
  const layout = {
    home: resolve(home),
    artifacts: resolve(artifacts),
    processes: resolve(home, 'run'),
    lock: resolve(home, 'run', 'stack.lock'),
    settings: resolve(home, 'stack.json'),
    kafka: resolve(home, 'kafka'),
    mongo: resolve(home, 'mongo'),
    logs: resolve(home, 'logs'),
  };
  for (const [variable, path] of [
    ['PERENNIAL_HOME', layout.home],
    ['PERENNIAL_ARTIFACTS', layout.artifacts],
  ] as const) {
    // Class paths and virtual environments both use the colon as a separator.
    if (path.includes(':') || path.includes('\n')) {
      throw new StackError('home-unusable', `${variable} must not contain a colon or a line break: "${path}"`, {
        path,
      });
    }
  }
  return layout;
}

/** What `reset` deletes: data, remembered ports and logs of the servers, never the downloaded artifacts. */
export function stateOf(layout: StackLayout): string[] {
  return [layout.kafka, layout.mongo, layout.settings, layout.logs];
}
