import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { writeParquet, type Table } from '@perennial/columns';

export interface ReadRequest {
  path: string;
  body: Record<string, unknown>;
}

/** Speaks the feature store's read path on the loopback interface; `table` decides what a read gives. */
export class LocalFeatureStore {
  readonly reads: ReadRequest[] = [];
  /** While set, every read is answered with this status. */
  failWith: number | null = null;
  private readonly server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const read = {
        path: request.url ?? '',
        body: JSON.parse(Buffer.concat(chunks).toString()) as ReadRequest['body'],
      };
      this.reads.push(read);
      if (this.failWith !== null) return response.writeHead(this.failWith).end('unwell');
      response.writeHead(200, { 'content-type': 'application/vnd.apache.parquet' });
      return response.end(writeParquet(this.table(read)));
    });
  });

  constructor(private readonly table: (read: ReadRequest) => Table) {}

  async up(): Promise<string> {
    await new Promise<void>((resolve) => this.server.listen(0, '127.0.0.1', resolve));
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  async down(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise<void>((resolve) => this.server.close(() => resolve()));
  }
}
