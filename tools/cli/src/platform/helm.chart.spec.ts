import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { type ServiceName, serviceNames, topics } from '@perennial/contracts';
import { privilegesOf, topicsHandledBy, variablesOf } from '@perennial/service';
import { loadDefinition } from './service.definitions';
import { preferredPorts, routes } from './service.placement';

const chart = resolve(__dirname, '../../../../helm/perennial');
const json = (file: string) => JSON.parse(readFileSync(join(chart, file), 'utf8'));

interface Facts {
  port: number;
  grpcPort?: number;
  paths: string[];
  uses: string[];
  peers?: Record<string, ServiceName>;
  folders?: Record<string, string>;
  lag?: { topic: string; batch?: boolean }[];
}

const facts = json('files/services.json') as Record<ServiceName, Facts>;
const { properties } = json('values.schema.json');
const template = (name: string) => readFileSync(join(chart, 'templates', name), 'utf8');

/** `NAME: value` of the shared ConfigMap, `"variable" "NAME"` of secrets, `{ name: NAME,` of one service. */
const variablesIn = (text: string): string[] =>
  [...text.matchAll(/^([A-Z][A-Z0-9_]+): |"variable" "([A-Z0-9_]+)"|\{ name: ([A-Z][A-Z0-9_]+),/gm)].map(
    ([, shared, secret, own]) => (shared ?? secret ?? own) as string,
  );

const schemaOf = (name: ServiceName) => properties.services.properties[name].allOf[1].properties.env.propertyNames;
const settable = (name: ServiceName): string[] => schemaOf(name).enum;

describe('what the Helm chart says of the services', () => {
  it('names every service, with the ports that clients know', () => {
    expect(Object.keys(facts).sort()).toEqual([...serviceNames].sort());
    const ports = serviceNames.map((name) => [name, facts[name].port]);
    expect(ports).toEqual(serviceNames.map((name) => [name, preferredPorts.services[name] ?? 8080]));
    expect(facts.inference.grpcPort).toBe(preferredPorts.grpc);
  });

  it('leads each path to the service that the gateway leads it to', () => {
    const paths = serviceNames.flatMap((name) => facts[name].paths.map((path) => [path, name]));
    expect(Object.fromEntries(paths.filter(([path]) => path?.startsWith('/api/v1/')))).toEqual(routes);
  });

  it('looks at the lag of topics that exist', () => {
    const known = Object.values(topics).map(({ name }) => name as string);
    const looked = serviceNames.flatMap((name) => facts[name].lag ?? []).map(({ topic }) => topic);
    expect(looked.length).toBeGreaterThan(0);
    expect(looked.filter((topic) => !known.includes(topic))).toEqual([]);
  });
});

describe.each(serviceNames)('the variables that the chart gives to %s', (name) => {
  let own: ReadonlySet<string>;
  let shared: ReadonlySet<string>;
  beforeAll(async () => {
    ({ own, shared } = variablesOf(await loadDefinition(name)));
  });

  it('are read by it', () => {
    const given = [...Object.keys(facts[name].peers ?? {}), ...Object.keys(facts[name].folders ?? {})];
    expect(given.filter((variable) => !own.has(variable))).toEqual([]);
    const allowed = settable(name).filter((variable) => !own.has(variable) && !shared.has(variable));
    expect(allowed).toEqual([]);
  });

  it('leave out none of its own', () => {
    const decided = [...templateVariables(), ...Object.keys(facts[name].peers ?? {}), 'REPLICA_ID'];
    const folders = Object.keys(facts[name].folders ?? {});
    const missing = [...own].filter((variable) => ![...decided, ...folders, ...settable(name)].includes(variable));
    expect(missing).toEqual([]);
  });
});

describe.each(serviceNames)('the network policy of %s', (name) => {
  it('lets it to what its needs and its variables name, and to nothing else', async () => {
    const definition = await loadDefinition(name);
    const { reads = [], writes = [] } = definition.needs ?? {};
    const { own } = variablesOf(definition);
    const stores = reads.length + writes.length > 0 ? ['objectStore'] : [];
    const channels = own.has('PAGERDUTY_ROUTING_KEY') ? ['alertChannels'] : [];
    expect(facts[name].uses).toEqual([...stores, ...channels]);
    // Kafka and the database are in the template, for every service.
    const { topics: granted, collections } = privilegesOf(definition);
    expect([granted.length > 0, collections.length > 0]).toEqual([true, true]);
  });

  it('can be told where each of that is', () => {
    const { egress } = properties.networkPolicy.properties;
    const targets = Object.keys(egress.properties).filter((target) => target !== 'extra');
    expect(targets).toEqual(expect.arrayContaining(['dns', 'kafka', 'mongo', ...facts[name].uses]));
  });
});

const countedEvents = serviceNames.flatMap((name) =>
  (facts[name].lag ?? []).filter(({ batch }) => !batch).map(({ topic }) => ({ name, topic })),
);

it.each(countedEvents)('$name handles events of $topic, whose lag the chart looks at', async ({ name, topic }) => {
  const handled = topicsHandledBy((await loadDefinition(name)).module);
  expect(handled.map((each) => each.name)).toContain(topic);
});

it('the templates set no variable that no service reads', async () => {
  const known = new Set<string>();
  for (const name of serviceNames) {
    const { own, shared } = variablesOf(await loadDefinition(name));
    for (const variable of [...own, ...shared]) known.add(variable);
  }
  const set = templateVariables();
  expect(set).toEqual(expect.arrayContaining(['HOST', 'KAFKA_BROKERS', 'MONGO_URL', 'PORT', 'PAGERDUTY_ROUTING_KEY']));
  expect(set.filter((variable) => !known.has(variable))).toEqual([]);
});

function templateVariables(): string[] {
  const names = readdirSync(join(chart, 'templates')).filter((name) => name.endsWith('.tpl'));
  const text = names.map(template).join('\n');
  const channels = /range list ((?:"[A-Z_]+" ?)+)/.exec(text)?.[1]?.match(/[A-Z_]+/g) ?? [];
  return [...variablesIn(text), ...channels];
}
