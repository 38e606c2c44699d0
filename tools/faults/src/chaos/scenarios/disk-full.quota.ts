import { createServer, type IncomingMessage, request, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import S3rver from 's3rver';

const credentials = { accessKeyId: 'S3RVER', secretAccessKey: 'S3RVER' };

/** As MinIO answers when a drive is full. */
const full =
  '<?xml version="1.0" encoding="UTF-8"?><Error><Code>XMinioStorageFull</Code>' +
  '<Message>Storage backend has reached its minimum free drive threshold.</Message></Error>';

/** How a full store shows itself: it says so, or it breaks off in the middle of a file. */
export type Fullness = 'says-so' | 'breaks-off';

/** An S3 server whose drive can be full: a file is then refused, or its transfer ends before its end. */
export class QuotaStore {
  /** Files that were refused while it was full. */
  refused = 0;
  private fullness: Fullness | null = null;

  private constructor(
    private readonly server: S3rver,
    private readonly backend: number,
    private readonly front: Server,
  ) {}

  static async start(home: string): Promise<QuotaStore> {
    const server = new S3rver({ port: 0, address: '127.0.0.1', silent: true, directory: join(home, 's3') });
    const { port } = await server.run();
    const front = createServer();
    const store = new QuotaStore(server, port, front);
    front.on('request', (incoming, response) => store.pass(incoming, response));
    await new Promise<void>((resolve, reject) => {
      front.once('error', reject).listen(0, '127.0.0.1', resolve);
    });
    return store;
  }

  get environment(): Record<string, string> {
    const { port } = this.front.address() as AddressInfo;
    return {
      OBJECT_STORE: 's3',
      S3_ENDPOINT: `http://127.0.0.1:${port}`,
      S3_ACCESS_KEY_ID: credentials.accessKeyId,
      S3_SECRET_ACCESS_KEY: credentials.secretAccessKey,
      S3_FORCE_PATH_STYLE: 'true',
    };
  }

  fill(fullness: Fullness): void {
    this.fullness = fullness;
    this.refused = 0;
  }

  makeRoom(): void {
    this.fullness = null;
  }

  async stop(): Promise<void> {
    this.front.closeAllConnections();
    await new Promise((resolve) => this.front.close(resolve));
    await this.server.close();
  }

  private pass(incoming: IncomingMessage, response: ServerResponse): void {
    if (incoming.method === 'PUT' && this.fullness !== null) {
      this.refused += 1;
      if (this.fullness === 'says-so') return this.refuse(incoming, response);
      return this.breakOff(incoming, response);
    }
    const { method, url: path, headers } = incoming;
    const onward = request({ host: '127.0.0.1', port: this.backend, method, path, headers }, (answer) => {
      response.writeHead(answer.statusCode ?? 502, answer.headers);
      answer.pipe(response);
    });
    onward.on('error', () => response.destroy());
    incoming.pipe(onward);
  }

  private refuse(incoming: IncomingMessage, response: ServerResponse): void {
    incoming.resume().once('end', () => {
      response.writeHead(507, { 'content-type': 'application/xml', connection: 'close' }).end(full);
    });
  }

  /** Hands on what comes first, then drops both connections: the store is left with half a file, or with none. */
  private breakOff(incoming: IncomingMessage, response: ServerResponse): void {
    const { method, url: path, headers } = incoming;
    const onward = request({ host: '127.0.0.1', port: this.backend, method, path, headers });
    onward.on('error', () => undefined);
    incoming.once('data', (first: Buffer) => {
      onward.write(first.subarray(0, Math.ceil(first.length / 2)));
      setTimeout(() => {
        onward.destroy();
        response.destroy();
      }, 50);
    });
  }
}
