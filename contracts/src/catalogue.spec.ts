import { readdirSync } from 'node:fs';
import { basename, join } from 'node:path';
import { events } from './catalogue';
import * as exported from './events';
import { topics } from './topics';

const directory = join(__dirname, 'events');
const versionFiles = readdirSync(directory, { recursive: true, encoding: 'utf8' }).filter((path) =>
  /\.v\d+\.ts$/.test(path),
);

test('every event file is one event version, named as its type', () => {
  const fromFiles = versionFiles.map((path) => {
    const [, name, version] = /^(.+)\.(v\d+)\.ts$/.exec(basename(path)) ?? [];
    return `perennial.${path.split('/')[0]}.${version}.${name}`;
  });
  expect([...events.keys()].sort()).toEqual(fromFiles.sort());
});

test('no two event versions share a type', () => {
  const contracts = Object.values(exported).filter((value) => typeof value === 'object' && 'dataschema' in value);
  expect(contracts).toHaveLength(events.size);
});

test('every event goes to a topic of the platform, and every topic carries an event', () => {
  const used = new Set([...events.values()].map(({ topic }) => topic));
  expect(new Set(Object.values(topics))).toEqual(used);
});
