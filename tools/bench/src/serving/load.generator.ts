import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { BenchError } from '../bench.error';

export interface HttpLoad {
  readonly url: string;
  /** A JSON text. */
  readonly body: string;
  readonly connections: number;
  readonly seconds: number;
}

export interface LoadFigures {
  readonly perSecond: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  readonly requests: number;
  /** Answers other than 2xx, and connections that broke. */
  readonly refused: number;
  readonly broken: number;
}

const PACKAGES = { wrk: 'wrk', h2load: 'nghttp2-client' } as const;

/** Bodies come from a file, so that nothing in them has to be quoted. Times of the summary are in microseconds. */
const SCRIPT = `
wrk.method = 'POST'
wrk.headers['content-type'] = 'application/json'
local file = io.open(os.getenv('BENCH_BODY'))
wrk.body = file:read('*a')
file:close()
function done(summary, latency)
  local e = summary.errors
  io.write(string.format('figures %d %d %f %f %d %d\\n', summary.requests, summary.duration, latency:percentile(50),
    latency:percentile(99), e.status, e.connect + e.read + e.write + e.timeout))
end
`;

/** Closed loop: every connection sends again as soon as it has its answer. Throws BenchError where wrk is missing. */
export async function runWrk({ url, body, connections, seconds }: HttpLoad): Promise<LoadFigures> {
  const folder = await mkdtemp(join(tmpdir(), 'bench-wrk-'));
  try {
    const [script, text] = [join(folder, 'load.lua'), join(folder, 'body.json')];
    await Promise.all([writeFile(script, SCRIPT), writeFile(text, body)]);
    const args = ['-t1', `-c${connections}`, `-d${seconds}s`, '--timeout', '10s', '-s', script, url];
    return figuresOf(await run('wrk', args, seconds, { BENCH_BODY: text }));
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** What the script prints, from the whole output. */
export function figuresOf(output: string): LoadFigures {
  const [, ...texts] = /^figures (\d+) (\d+) ([\d.]+) ([\d.]+) (\d+) (\d+)$/m.exec(output) ?? [];
  const [requests, duration, p50, p99, refused, broken] = texts.map(Number) as [number, ...number[]];
  if (texts.length === 0) throw new BenchError('bench.peer-failed', `wrk printed no figures:\n${output}`);
  const rounded = (value: number | undefined, digits: number) => Number(((value ?? NaN) / 1_000).toFixed(digits));
  return {
    perSecond: Math.round((requests / (duration as number)) * 1e6),
    ...{ p50Ms: rounded(p50, 3), p99Ms: rounded(p99, 2) },
    ...{ requests, refused: refused as number, broken: broken as number },
  };
}

export interface GrpcLoad {
  /** http://host:port/package.Service/Method */
  readonly url: string;
  /** One message as it goes over the wire, with its five bytes of length. */
  readonly message: Uint8Array;
  readonly connections: number;
  /** Streams under way on each connection. */
  readonly streams: number;
  readonly seconds: number;
}

/** Answered calls a second. Whether gRPC's own status is OK stands in trailers that h2load does not read: check one call. */
export async function runH2load({ url, message, connections, streams, seconds }: GrpcLoad): Promise<number> {
  const folder = await mkdtemp(join(tmpdir(), 'bench-h2load-'));
  try {
    const file = join(folder, 'message');
    await writeFile(file, message);
    const headers = ['content-type: application/grpc', 'te: trailers'].flatMap((header) => ['-H', header]);
    const args = [
      '-t1',
      `-c${connections}`,
      `-m${streams}`,
      `-D${seconds}`,
      '--warm-up-time=1',
      '-d',
      file,
      ...headers,
    ];
    const output = await run('h2load', [...args, url], seconds + 2);
    const rate = /^finished in .*, ([\d.]+) req\/s/m.exec(output)?.[1];
    const failed = /(\d+) failed/.exec(output)?.[1];
    if (rate !== undefined && failed === '0') return Math.round(Number(rate));
    throw new BenchError('bench.peer-failed', `h2load failed:\n${output}`);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

function run(
  command: keyof typeof PACKAGES,
  args: readonly string[],
  seconds: number,
  env: Readonly<Record<string, string>> = {},
): Promise<string> {
  return new Promise((resolve, reject) => {
    const options = { timeout: (seconds + 30) * 1_000, env: { ...process.env, ...env } };
    execFile(command, [...args], options, (error, stdout, stderr) => {
      if (!error) return resolve(stdout);
      if (error.code !== 'ENOENT') {
        return reject(new BenchError('bench.peer-failed', `${command} failed: ${stderr}${stdout}`, {}, error));
      }
      const message = `${command} is not installed; Debian and Ubuntu have it in the package ${PACKAGES[command]}`;
      reject(new BenchError('bench.peer-missing', message, { command }));
    });
  });
}
