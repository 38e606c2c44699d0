import { connect } from 'node:net';

/** Whether any of the brokers (host:port) accepts a TCP connection. Costs no event loop time while it waits. */
export async function anyReachable(brokers: readonly string[], timeoutMs = 2_000): Promise<boolean> {
  const answers = await Promise.all(brokers.map((broker) => reachable(broker, timeoutMs)));
  return answers.includes(true);
}

function reachable(broker: string, timeoutMs: number): Promise<boolean> {
  const separator = broker.lastIndexOf(':');
  const host = broker.slice(0, separator).replace(/^\[|\]$/g, '');
  const port = Number(broker.slice(separator + 1));
  return new Promise((resolve) => {
    const socket = connect({ host, port });
    const finish = (answer: boolean) => {
      socket.destroy();
      resolve(answer);
    };
    socket.setTimeout(timeoutMs, () => finish(false));
    socket.once('connect', () => finish(true));
    socket.once('error', () => finish(false));
  });
}
