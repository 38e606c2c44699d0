import { connect, createServer } from 'node:net';
import { StackError } from './stack.error';

const loopback = '127.0.0.1';

function answers(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host: loopback, port, timeout: 1000 });
    const end = (open: boolean) => {
      socket.destroy();
      resolve(open);
    };
    socket
      .once('connect', () => end(true))
      .once('error', () => end(false))
      .once('timeout', () => end(true));
  });
}

function canListen(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(false));
    server.listen({ host: loopback, port, exclusive: true }, () => server.close(() => resolve(true)));
  });
}

/** Some systems let two sockets share a port on different addresses, so asking is not enough and neither is listening. */
export async function isPortFree(port: number): Promise<boolean> {
  return !(await answers(port)) && (await canListen(port));
}

/** Ports to try: the preferred one, then the next ones up; never one of `avoid`. */
export function candidatePorts(preferred: number, avoid: readonly number[] = [], count = 200): number[] {
  return Array.from({ length: count }, (_, offset) => preferred + offset).filter(
    (port) => port <= 65_535 && !avoid.includes(port),
  );
}

/** The preferred port of the loopback address, or the next free one. @throws StackError `port-taken` */
export async function freePort(preferred: number, avoid: readonly number[] = []): Promise<number> {
  const candidates = candidatePorts(preferred, avoid);
  for (const port of candidates) if (await isPortFree(port)) return port;
  throw new StackError(
    'port-taken',
    `no free port from ${preferred} to ${candidates.at(-1) ?? preferred}; end what uses them`,
  );
}
