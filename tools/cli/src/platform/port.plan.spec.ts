import { serviceNames } from '@perennial/contracts';
import { platformPlan, addressesOf } from './platform.plan';
import { planPorts } from './port.plan';
import { restartAfter } from './restart.policy';
import { serviceEnvironment } from './service.environment';

const free =
  (...taken: number[]) =>
  async (preferred: number, avoid: readonly number[]) => {
    let port = preferred;
    while (taken.includes(port) || avoid.includes(port)) port += 1;
    return port;
  };

const planOf = async (...taken: number[]) =>
  platformPlan.parse({
    version: 1,
    mode: 'single',
    home: '/home/p',
    kafka: 'broker:9092',
    mongo: 'mongodb://db/x',
    embedded: [],
    pipelines: ['/a.yaml', '/b.yaml'],
    ports: await planPorts(free(...taken)),
  });

describe('the ports', () => {
  it('are the preferred ones where they are free', async () => {
    const { ports } = await planOf();
    expect(ports).toMatchObject({ gateway: 8088, grpc: 9000 });
    expect(ports.services).toMatchObject({ inference: 8080, registry: 5000, 'feature-store': 6566 });
  });

  it('are the next free ones else, and no port is given twice', async () => {
    const { ports } = await planOf(8088, 8080, 9000, 5000, 6566, 8101, 8102);
    expect(ports).toMatchObject({ gateway: 8089, grpc: 9001 });
    expect(ports.services).toMatchObject({ inference: 8081, registry: 5001, 'feature-store': 6567 });
    const all = [ports.gateway, ports.grpc, ...Object.values(ports.services)];
    expect(new Set(all).size).toBe(serviceNames.length + 2);
  });

  it('do not collide when one search runs into the preferred port of another', async () => {
    const taken = Array.from({ length: 8 }, (_, index) => 8080 + index);
    const { ports } = await planOf(...taken);
    expect(ports.gateway).toBe(8088);
    expect(ports.services.inference).toBe(8089);
  });
});

it('the ports follow one another from the one asked for, past those taken', async () => {
  const { gateway, grpc, services } = await planPorts(free(20_002), 20_000);
  const all = [gateway, grpc, ...Object.values(services)].sort();
  expect(gateway).toBe(20_000);
  expect(all).toEqual([20_000, 20_001, ...Array.from({ length: serviceNames.length }, (_, index) => 20_003 + index)]);
});

it('the addresses are those of the plan', async () => {
  expect(addressesOf(await planOf())).toEqual({
    platform: 'http://127.0.0.1:8088',
    inference: { http: 'http://127.0.0.1:8080', grpc: '127.0.0.1:9000' },
    mlflow: 'http://127.0.0.1:5000',
    features: 'http://127.0.0.1:6566',
    kafka: 'broker:9092',
    mongo: 'mongodb://db/x',
  });
});

describe('the environment of a service', () => {
  it('says where everything is, over what was inherited, and keeps the rest', async () => {
    const environment = serviceEnvironment(await planOf(), 'deployer', { PORT: '1', HOST: 'pc', LOG_LEVEL: 'warn' });
    expect(environment).toMatchObject({
      KAFKA_BROKERS: 'broker:9092',
      MONGO_URL: 'mongodb://db/x',
      PIPELINES: '/a.yaml,/b.yaml',
      HOST: '127.0.0.1',
      LOG_LEVEL: 'warn',
      DEPLOYED_DIR: '/home/p/deployed',
      FEATURE_STORE_DIR: '/home/p/feature-store',
    });
    expect(environment.PORT).toBe(String((await planOf()).ports.services.deployer));
    expect(environment.REGISTRY_URL).toBe('http://127.0.0.1:5000');
  });

  it('tells the other services where the feature store answers', async () => {
    const { FEATURE_STORE_URL: url } = serviceEnvironment(await planOf(), 'trainer', {});
    expect(url).toBe('http://127.0.0.1:6566');
  });

  it('keeps a PUBLIC_URL that was set', async () => {
    const plan = await planOf();
    expect(serviceEnvironment(plan, 'alerting', {}).PUBLIC_URL).toBe('http://127.0.0.1:8088');
    expect(serviceEnvironment(plan, 'alerting', { PUBLIC_URL: 'https://p' }).PUBLIC_URL).toBe('https://p');
  });
});

it('restarts wait longer with each failure, up to a bound, and begin anew after a process that had settled', () => {
  const delays: number[] = [];
  let failures = 0;
  for (let index = 0; index < 8; index += 1) {
    const decision = restartAfter(failures, 100);
    failures = decision.failures;
    delays.push(decision.delayMs);
  }
  expect(delays).toEqual([500, 1000, 2000, 4000, 8000, 15000, 15000, 15000]);
  expect(restartAfter(8, 60_000)).toEqual({ failures: 1, delayMs: 500 });
});
