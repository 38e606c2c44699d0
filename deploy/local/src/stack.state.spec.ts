import { parseJavaVersion } from './kafka.installation';
import { parseProcessStat } from './process.identity';
import { parseProcessRecord } from './process.record';
import { parsePythonVersion } from './secantus.installation';
import { stackOptions } from './stack.config';
import { stackLayout } from './stack.layout';
import { parseStackSettings } from './stack.settings';

const record = {
  version: 1,
  name: 'kafka',
  pid: 42,
  identity: 'boot/100',
  startedAt: '2026-01-01T00:00:00.000Z',
  phase: 'ready',
  logFile: '/tmp/kafka.log',
  logOffset: 0,
  details: { address: '127.0.0.1:9092' },
};

describe('parseProcessRecord', () => {
  it('reads a whole record', () => expect(parseProcessRecord(JSON.stringify(record))).toEqual(record));

  it.each([
    ['half a file', JSON.stringify(record).slice(0, 40)],
    ['an empty file', ''],
    ['no identity', JSON.stringify({ ...record, identity: '' })],
    ['process group 0', JSON.stringify({ ...record, pid: 0 })],
    ['every process', JSON.stringify({ ...record, pid: -1 })],
    ['a later version', JSON.stringify({ ...record, version: 2 })],
  ])('trusts no record with %s', (_, text) => expect(parseProcessRecord(text)).toBeUndefined());
});

describe('parseStackSettings', () => {
  it('remembers ports', () => {
    const text = '{"version":1,"kafka":{"port":9092,"controllerPort":9093},"mongo":{"port":27017}}';
    expect(parseStackSettings(text).kafka).toEqual({ port: 9092, controllerPort: 9093 });
  });
  it.each(['', '{', '[]', '{"version":1,"mongo":{"port":99999}}'])('forgets what it cannot read: %s', (text) => {
    expect(parseStackSettings(text)).toEqual({ version: 1 });
  });
});

describe('parseProcessStat', () => {
  it('is not misled by a command name with spaces and parentheses', () => {
    const fields = Array.from({ length: 30 }, (_, index) => String(index + 3));
    fields[0] = 'S';
    expect(parseProcessStat(`7 (a) b (c)) ${fields.join(' ')}`)).toEqual({ state: 'S', startTicks: '22' });
  });
});

describe('versions of the tools', () => {
  it.each([
    ['openjdk version "17.0.15" 2025-04-15', 17],
    ['java version "1.8.0_402"', 8],
    ['openjdk version "25" 2025-09-16', 25],
  ])('%s', (output, version) => expect(parseJavaVersion(output)).toBe(version));
  it('Python', () => expect(parsePythonVersion('Python 3.9.2')).toEqual([3, 9]));
});

describe('stackLayout', () => {
  it('accepts spaces', () => expect(stackLayout('/tmp/a b', '/tmp/c d').kafka).toBe('/tmp/a b/kafka'));
  it('refuses a colon and names the variable', () => {
    expect(() => stackLayout('/tmp/a:b', '/tmp/c')).toThrow(/PERENNIAL_HOME.*colon/);
  });
});

describe('stackOptions', () => {
  it('takes existing servers and preferred ports from the environment', () => {
    const environment = { PERENNIAL_HOME: '/x', KAFKA_BROKERS: 'k:9092', MONGO_URL: '', PERENNIAL_MONGO_PORT: '27117' };
    expect(stackOptions(environment)).toMatchObject({
      home: '/x',
      externalKafka: 'k:9092',
      externalMongo: undefined,
      preferredPorts: { mongo: 27_117 },
    });
  });
  it('names a port that is none', () => {
    expect(() => stackOptions({ PERENNIAL_KAFKA_PORT: '0' })).toThrow(/PERENNIAL_KAFKA_PORT.*"0"/);
  });
});
