import { parseClusterId, serverProperties } from './server.properties';

const render = () => serverProperties({ port: 9092, controllerPort: 9093, logDirectory: 'data' });
const settings = () =>
  new Map(
    render()
      .trimEnd()
      .split('\n')
      .map((line) => line.split(/=(.*)/s) as [string, string]),
  );

describe('serverProperties', () => {
  it('listens on the loopback address only and advertises it', () => {
    expect(settings().get('listeners')).toBe('PLAINTEXT://127.0.0.1:9092,CONTROLLER://127.0.0.1:9093');
    expect(settings().get('advertised.listeners')).toBe('PLAINTEXT://127.0.0.1:9092');
    expect(settings().get('controller.quorum.voters')).toBe('1@127.0.0.1:9093');
  });

  it('needs no second broker for its internal topics', () => {
    const replication = [...settings()].filter(([name]) => /replication\.factor$|min\.isr$/.test(name));
    expect(replication.map(([name]) => name)).toEqual(
      expect.arrayContaining(['offsets.topic.replication.factor', 'transaction.state.log.min.isr']),
    );
    expect(replication.every(([, value]) => value === '1')).toBe(true);
  });

  it('takes a message of 5 MB and creates no topic by accident', () => {
    expect(Number(settings().get('message.max.bytes'))).toBeGreaterThan(5 * 1024 * 1024);
    expect(settings().get('auto.create.topics.enable')).toBe('false');
  });

  it('sends clients of the detour to where the proxy is', () => {
    const detour = { port: 9094, advertisedPort: 9095 };
    const text = serverProperties({ port: 9092, controllerPort: 9093, logDirectory: 'data', detour });
    expect(text).toContain(
      'listeners=PLAINTEXT://127.0.0.1:9092,DETOUR://127.0.0.1:9094,CONTROLLER://127.0.0.1:9093\n',
    );
    expect(text).toContain('advertised.listeners=PLAINTEXT://127.0.0.1:9092,DETOUR://127.0.0.1:9095\n');
  });

  it('refuses a directory that Kafka would read as two', () => {
    expect(() => serverProperties({ port: 1, controllerPort: 2, logDirectory: 'a,b' })).toThrow(/comma/);
  });
});

describe('parseClusterId', () => {
  it('finds the id among the other properties', () => {
    expect(parseClusterId('#\nversion=1\ncluster.id=abc-DEF_1\nnode.id=1\n')).toBe('abc-DEF_1');
  });
  it('finds none in a file that formatting did not finish', () => {
    expect(parseClusterId('version=1\n')).toBeUndefined();
  });
});
