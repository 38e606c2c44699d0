export interface BrokerSettings {
  readonly port: number;
  readonly controllerPort: number;
  /** Relative to the broker's working directory: an absolute one may hold a comma, which would split it. */
  readonly logDirectory: string;
  /** A second listener. */
  readonly detour?: Detour;
}

/** Clients that come by this port are told that the broker is at another one: that of a proxy in front of it. */
export interface Detour {
  readonly port: number;
  readonly advertisedPort: number;
}

const mebibyte = 1024 * 1024;

/** Settings of a single broker that is its own controller and listens on the loopback address only. */
export function serverProperties({ port, controllerPort, logDirectory, detour }: BrokerSettings): string {
  if (logDirectory.includes(',')) throw new RangeError(`logDirectory must not contain a comma: "${logDirectory}"`);
  const settings: Record<string, string | number | boolean> = {
    'process.roles': 'broker,controller',
    'node.id': 1,
    'controller.quorum.voters': `1@127.0.0.1:${controllerPort}`,
    listeners: listenersOf({ PLAINTEXT: port, DETOUR: detour?.port, CONTROLLER: controllerPort }),
    'advertised.listeners': listenersOf({ PLAINTEXT: port, DETOUR: detour?.advertisedPort }),
    'controller.listener.names': 'CONTROLLER',
    'listener.security.protocol.map': 'PLAINTEXT:PLAINTEXT,DETOUR:PLAINTEXT,CONTROLLER:PLAINTEXT',
    'log.dirs': logDirectory,
    'auto.create.topics.enable': false,
    'default.replication.factor': 1,
    'offsets.topic.num.partitions': 4,
    'offsets.topic.replication.factor': 1,
    'transaction.state.log.num.partitions': 4,
    'transaction.state.log.replication.factor': 1,
    'transaction.state.log.min.isr': 1,
    'share.coordinator.state.topic.num.partitions': 1,
    'share.coordinator.state.topic.replication.factor': 1,
    'share.coordinator.state.topic.min.isr': 1,
    'group.initial.rebalance.delay.ms': 0,
    // Room for a 5 MB message with its headers.
    'message.max.bytes': 6 * mebibyte,
    'replica.fetch.max.bytes': 6 * mebibyte,
    'log.segment.bytes': 64 * mebibyte,
    'num.network.threads': 2,
    'num.io.threads': 4,
    'background.threads': 2,
    'log.cleaner.dedupe.buffer.size': 16 * mebibyte,
  };
  return Object.entries(settings)
    .map(([name, value]) => `${name}=${String(value)}\n`)
    .join('');
}

const listenersOf = (ports: Readonly<Record<string, number | undefined>>): string =>
  Object.entries(ports)
    .filter(([, port]) => port !== undefined)
    .map(([name, port]) => `${name}://127.0.0.1:${port}`)
    .join();

/** Cluster id out of meta.properties, which formatting writes last. */
export function parseClusterId(metaProperties: string): string | undefined {
  return /^cluster\.id=(\S+)$/m.exec(metaProperties)?.[1];
}
