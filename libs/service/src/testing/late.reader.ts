import { once } from 'node:events';
import { connect } from 'node:net';

const chunk = Buffer.alloc(65_536, ' ');

export interface LateReaderRequest {
  port: number;
  path: string;
  headers: Readonly<Record<string, string>>;
  /** How many pieces of 64 KiB the body has. */
  chunks: number;
}

/**
 * POSTs a body and looks for the answer only when all of it was sent. Rejects when the connection is reset meanwhile.
 * Resolves with status and body of the answer.
 */
export async function postReadingLate({ port, path, headers, chunks }: LateReaderRequest) {
  const socket = connect(port, '127.0.0.1');
  try {
    const all = { host: 'localhost', ...headers, 'content-length': `${chunks * chunk.length}` };
    const lines = Object.entries(all).map(([name, value]) => `${name}: ${value}\r\n`);
    socket.write(`POST ${path} HTTP/1.1\r\n${lines.join('')}\r\n`);
    for (let sent = 0; sent < chunks; sent++) if (!socket.write(chunk)) await once(socket, 'drain');
    let answer = '';
    for await (const part of socket.setEncoding('utf8')) {
      answer += part as string;
      const [head = '', body = ''] = answer.split('\r\n\r\n');
      const length = Number(/^content-length: (\d+)/im.exec(head)?.[1] ?? NaN);
      if (Buffer.byteLength(body) === length) return { status: Number(head.split(' ')[1]), body };
    }
    throw new Error(`the connection ended after ${JSON.stringify(answer)}`);
  } finally {
    socket.destroy();
  }
}
