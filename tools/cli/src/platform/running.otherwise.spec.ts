import { serviceNames } from '@perennial/contracts';
import type { PlatformPlan } from './platform.plan';
import { runningOtherwise } from './running.otherwise';

const plan: PlatformPlan = {
  version: 1,
  mode: 'single',
  home: '/home',
  kafka: 'localhost:9092',
  mongo: 'mongodb://localhost',
  embedded: ['kafka', 'mongo'],
  pipelines: ['/pipelines/credit.yaml'],
  ports: {
    gateway: 9_100,
    grpc: 9_101,
    services: Object.fromEntries(serviceNames.map((name, index) => [name, 9_102 + index])) as never,
  },
};

describe('a platform that runs', () => {
  it.each([
    ['anything', {}, null],
    ['one process', { separate: false }, null],
    ['its pipelines', { pipelines: ['/pipelines/credit.yaml'] }, null],
    ['ports from its first on', { portsFrom: 9_100 }, null],
    ['lower ports, which may all be taken', { portsFrom: 9_000 }, null],
    ['a process each', { separate: true }, 'in one process'],
    ['other pipelines', { pipelines: ['/pipelines/fraud.yaml'] }, 'with /pipelines/credit.yaml'],
    ['higher ports', { portsFrom: 9_101 }, 'on ports from 9100 on'],
  ])('is told when not as asked for: %s', (_, asked, expected) => {
    expect(runningOtherwise(plan, asked)).toBe(expected);
  });
});
