import { readFileSync } from 'node:fs';
import { createServer, type IncomingHttpHeaders, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';

interface Answer {
  method: string;
  path: string;
  body: unknown;
  status: number;
  /** Base64. */
  content: string;
}

/** What a real server answered, and what scikit-learn says of the rows: see record_mlflow.py beside the file. */
export const recorded = JSON.parse(readFileSync(join(__dirname, '../../golden/mlflow.json'), 'utf8')) as {
  columns: string[];
  rows: number[][];
  /** P(positive) by version of credit-risk. */
  probabilities: Record<string, number[]>;
  answers: Answer[];
};

export const recordedRows = recorded.rows.map((row) =>
  Object.fromEntries(recorded.columns.map((column, index) => [column, row[index] as number])),
);

const keyOf = (method: string, path: string, body: string): string =>
  `${method} ${path} ${body === '' ? '' : JSON.stringify(JSON.parse(body))}`;

/** An MLflow server that says what a real one said; what it was not asked then is 404. */
export class RecordedMlflow {
  readonly asked: { path: string; headers: IncomingHttpHeaders }[] = [];
  private readonly answers = new Map<string, { status: number; content: Buffer }>();
  private server: Server | undefined;
  url = '';

  constructor() {
    for (const { method, path, body, status, content } of recorded.answers) {
      const key = keyOf(method, path, body === null ? '' : JSON.stringify(body));
      this.answers.set(key, { status, content: Buffer.from(content, 'base64') });
    }
  }

  async start(): Promise<this> {
    this.server = createServer((request, response) => {
      void text(request).then((body) => {
        const { method = '', url: path = '', headers } = request;
        this.asked.push({ path, headers });
        const { status, content } = this.answers.get(keyOf(method, path, body)) ?? { status: 404, content: '{}' };
        response.writeHead(status).end(content);
      });
    });
    await new Promise<void>((resolve) => this.server?.listen(0, '127.0.0.1', resolve));
    this.url = `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
    return this;
  }

  /** From now on, to a GET. */
  answer(path: string, status: number, content: string | Buffer): void {
    this.answers.set(keyOf('GET', path, ''), { status, content: Buffer.from(content) });
  }

  /** What it was told to say to a GET. */
  said(path: string): string {
    return String(this.answers.get(keyOf('GET', path, ''))?.content);
  }

  async stop(): Promise<void> {
    this.server?.closeAllConnections();
    await new Promise((resolve) => this.server?.close(resolve));
  }
}
