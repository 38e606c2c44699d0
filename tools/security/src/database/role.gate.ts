import { readFileSync } from 'node:fs';
import { connect, createServer, type Server, type TLSSocket } from 'node:tls';
import { BSON } from 'mongodb';
import type { Authority } from '@perennial/transport-security';
import { type NeededAction, neededActions } from './command.actions';
import { answerTo, type Command, takeMessages, type WireMessage } from './wire.message';

/** Actions by collection, of one user. */
export type Rights = ReadonlyMap<string, ReadonlySet<string>>;

/** The user in `n,,n=NAME,r=…`, the first message of SCRAM; a comma and an equals sign are escaped in it. */
function userIn(command: Command): string | undefined {
  const login = (command.saslStart ? command : command.speculativeAuthenticate) as { payload?: unknown } | undefined;
  const payload = login?.payload instanceof BSON.Binary ? login.payload.toString('utf8') : undefined;
  return /n=([^,]*),/
    .exec(payload ?? '')?.[1]
    ?.replace(/=2C/g, ',')
    .replace(/=3D/g, '=');
}

/**
 * Stands before a database that grants actions for all collections alike, and holds each user to the collections of
 * their role, as MongoDB does. Logging in is left to the database: it sees the user's own SCRAM exchange.
 */
export class RoleGate {
  /** `USER ACTION COLLECTION` of what was let through and of what was refused. */
  readonly used = new Set<string>();
  readonly refused = new Set<string>();
  readonly rights = new Map<string, Rights>();
  private readonly sockets = new Set<TLSSocket>();

  private constructor(
    private readonly server: Server,
    private readonly upstream: { readonly port: number; readonly caFile: string },
  ) {}

  static async start(authority: Authority, databasePort: number): Promise<RoleGate> {
    const { certFile, keyFile } = authority.server;
    const server = createServer({ cert: readFileSync(certFile), key: readFileSync(keyFile) });
    const gate = new RoleGate(server, { port: databasePort, caFile: authority.caFile });
    server.on('secureConnection', (client) => gate.serve(client));
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return gate;
  }

  get port(): number {
    return (this.server.address() as { port: number }).port;
  }

  async stop(): Promise<void> {
    for (const socket of this.sockets) socket.destroy();
    await new Promise((resolve) => this.server.close(resolve));
  }

  private serve(client: TLSSocket): void {
    const { port, caFile } = this.upstream;
    const database = connect({ host: '127.0.0.1', port, ca: readFileSync(caFile) });
    let user: string | undefined;
    let waiting: Buffer = Buffer.alloc(0);
    client.on('data', (chunk) => {
      const { messages, rest } = takeMessages(Buffer.concat([waiting, chunk]));
      waiting = rest;
      for (const message of messages) {
        user = userIn(message.command ?? {}) ?? user;
        const denial = this.denialOf(user, message);
        if (!denial) database.write(message.bytes);
        else if (message.answered) client.write(answerTo(message.requestId, denial));
      }
    });
    database.pipe(client);
    for (const [socket, other] of [[client, database] as const, [database, client] as const]) {
      this.sockets.add(socket);
      socket.on('error', () => other.destroy());
      socket.on('close', () => {
        this.sockets.delete(socket);
        other.destroy();
      });
    }
  }

  private denialOf(user: string | undefined, { command }: WireMessage): object | undefined {
    if (!command) return undefined;
    const needed = neededActions(command);
    if (needed?.length === 0) return undefined;
    const missing = needed?.find((each) => !this.allows(user, each));
    const keep = needed && !missing ? this.used : this.refused;
    const [name] = Object.keys(command);
    for (const { action, collection } of missing ? [missing] : (needed ?? [{ action: name, collection: '' }]))
      keep.add(`${user} ${action} ${collection}`);
    if (needed && !missing) return undefined;
    const errmsg = `not authorized on ${command.$db} to execute command ${name} on ${missing?.collection}`;
    return { ok: 0, errmsg, code: 13, codeName: 'Unauthorized' };
  }

  private allows(user: string | undefined, { action, collection }: NeededAction): boolean {
    return (
      this.rights
        .get(user ?? '')
        ?.get(collection)
        ?.has(action) ?? false
    );
  }
}
