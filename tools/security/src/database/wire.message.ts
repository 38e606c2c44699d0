import { BSON } from 'mongodb';

/** A command as a driver sends it: its name is the first key, and its value most often the collection. */
export type Command = Readonly<Record<string, unknown>> & { readonly $db?: string };

const headerBytes = 16;
const opMessage = 2013;
/** Of old; drivers still begin with it, to learn what the server speaks. */
const opQuery = 2004;
const checksumPresent = 1;
const moreToCome = 2;

export interface WireMessage {
  readonly bytes: Buffer;
  readonly requestId: number;
  /** Absent in messages of another kind than OP_MSG and OP_QUERY. */
  readonly command: Command | undefined;
  readonly answered: boolean;
}

/** The command of an OP_MSG; arrays that travel beside it (documents, updates, deletes) are put back into it. */
function commandOf(bytes: Buffer, flags: number): Command {
  let command: Record<string, unknown> = {};
  const beside: Record<string, unknown> = {};
  const end = bytes.length - (flags & checksumPresent ? 4 : 0);
  for (let at = headerBytes + 4; at < end;) {
    const kind = bytes[at++];
    const size = bytes.readInt32LE(at);
    if (kind === 0) command = BSON.deserialize(bytes.subarray(at, at + size));
    else {
      const nameEnd = bytes.indexOf(0, at + 4);
      const name = bytes.toString('utf8', at + 4, nameEnd);
      const documents: unknown[] = [];
      for (let document = nameEnd + 1; document < at + size; document += bytes.readInt32LE(document))
        documents.push(BSON.deserialize(bytes.subarray(document, document + bytes.readInt32LE(document))));
      beside[name] = documents;
    }
    at += size;
  }
  return { ...command, ...beside };
}

/** The document of an OP_QUERY: behind flags, the collection's name, and how many to skip and return. */
function queryOf(bytes: Buffer): Command {
  const document = bytes.indexOf(0, headerBytes + 4) + 9;
  return BSON.deserialize(bytes.subarray(document, document + bytes.readInt32LE(document)));
}

/** Cuts whole messages off what has arrived; the rest waits for more. */
export function takeMessages(received: Buffer): { messages: WireMessage[]; rest: Buffer } {
  const messages: WireMessage[] = [];
  let rest = received;
  while (rest.length >= headerBytes && rest.length >= rest.readInt32LE(0)) {
    const bytes = rest.subarray(0, rest.readInt32LE(0));
    const operation = bytes.readInt32LE(12);
    const flags = operation === opMessage ? bytes.readUInt32LE(headerBytes) : 0;
    messages.push({
      bytes,
      requestId: bytes.readInt32LE(4),
      command: operation === opMessage ? commandOf(bytes, flags) : operation === opQuery ? queryOf(bytes) : undefined,
      answered: (flags & moreToCome) === 0,
    });
    rest = rest.subarray(bytes.length);
  }
  return { messages, rest };
}

/** An OP_MSG that answers `requestId` with the document. */
export function answerTo(requestId: number, document: object): Buffer {
  const body = BSON.serialize(document);
  const head = Buffer.alloc(headerBytes + 5);
  head.writeInt32LE(head.length + body.length, 0);
  head.writeInt32LE(requestId, 8);
  head.writeInt32LE(opMessage, 12);
  return Buffer.concat([head, body]);
}
