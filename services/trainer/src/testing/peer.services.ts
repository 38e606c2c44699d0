import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type Cell, writeParquet } from '@perennial/columns';
import { exampleFitted, featureTable } from './run.examples';

interface ReadBody {
  batches: string[];
  split: { from: number; to: number };
}

/** The feature store and preprocessing as the trainer meets them: HTTP on a local port. */
export class PeerServices {
  /** Rows of each batch; a batch that is not named here is refused with 404. */
  readonly batches = new Map<string, Cell[][]>();
  /** Answers with which the next reads are refused. */
  readonly refusals: number[] = [];
  private readonly server: Server = createServer((request, response) => void this.answer(request, response));

  async start(): Promise<string> {
    await new Promise<void>((resolve) => this.server.listen(0, '127.0.0.1', resolve));
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  async stop(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }

  private async answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const refusal = this.refusals.shift();
    if (refusal !== undefined) return void response.writeHead(refusal).end('not now');
    if (request.url?.startsWith('/api/v1/preprocessing/metadata/')) {
      response.setHeader('content-type', 'application/json');
      return void response.end(JSON.stringify({ id: 'rain@1', fitted: exampleFitted }));
    }
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const { batches, split } = JSON.parse(Buffer.concat(chunks).toString()) as ReadBody;
    const known = batches.map((batch) => this.batches.get(batch));
    if (known.includes(undefined)) return void response.writeHead(404).end('{}');
    const inSplit = ([, at]: Cell[]): boolean => Number(at) >= split.from && Number(at) < split.to;
    response.end(writeParquet(featureTable(known.flatMap((rows) => rows ?? []).filter(inSplit))));
  }
}
