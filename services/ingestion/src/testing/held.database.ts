import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';

export interface HeldDatabase {
  /** The connection string, by way of here. */
  url: string;
  /** From now on requests and answers wait; nothing is lost and no connection ends. */
  hold(): void;
  release(): void;
  close(): Promise<void>;
}

/** A way to the database on which everything can be made to wait: a database that does not keep up. */
export async function heldDatabase(mongoUrl: string): Promise<HeldDatabase> {
  const { hostname, port } = new URL(mongoUrl);
  const sockets = new Set<Socket>();
  let held = false;
  const server = createServer((client) => {
    const database = connect(Number(port), hostname);
    for (const [socket, other] of [
      [client, database],
      [database, client],
    ] as const) {
      sockets.add(socket);
      socket.on('data', (bytes) => other.write(bytes));
      socket.on('error', () => undefined);
      socket.on('close', () => {
        sockets.delete(socket);
        other.destroy();
      });
      if (held) socket.pause();
    }
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const set = (hold: boolean) => {
    held = hold;
    for (const socket of sockets)
      if (hold) socket.pause();
      else socket.resume();
  };
  const url = new URL(mongoUrl);
  url.host = `127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    url: url.toString(),
    hold: () => set(true),
    release: () => set(false),
    close: async () => {
      for (const socket of sockets) socket.destroy();
      await new Promise((closed) => server.close(closed));
    },
  };
}
