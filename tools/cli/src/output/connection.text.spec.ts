import { serviceNames } from '@perennial/contracts';
import { addressesOf, type PlatformPlan } from '../platform/platform.plan';
import { withoutPassword } from './connection.text';

it.each([
  ['mongodb://user:secret@host:27017/db', 'mongodb://user:***@host:27017/db'],
  ['mongodb://user:se:cr@et@a:1,b:2/db?x=y', 'mongodb://user:***@a:1,b:2/db?x=y'],
  ['mongodb://:secret@host/db', 'mongodb://:***@host/db'],
  ['mongodb://host:27017/db', 'mongodb://host:27017/db'],
])('%s is shown as %s', (url, shown) => {
  expect(withoutPassword(url)).toBe(shown);
});

it('what `up --json` prints holds no password', () => {
  const plan: PlatformPlan = {
    version: 1,
    mode: 'single',
    home: '/h',
    kafka: 'k:9092',
    mongo: 'mongodb://user:secret@host:27017/db',
    embedded: [],
    pipelines: ['p.yaml'],
    ports: { gateway: 1, grpc: 2, services: Object.fromEntries(serviceNames.map((name) => [name, 3])) as never },
  };
  expect(JSON.stringify(addressesOf(plan))).not.toContain('secret');
});
