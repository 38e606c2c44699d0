import type { EncodedRows, TrainingRows } from './training.request';

const parts = ['train', 'validation'] as const;
const matrices = ['categorical', 'numeric', 'labels'] as const;

type Part = (typeof parts)[number];
type Matrix = (typeof matrices)[number];
type Lengths = Record<Part, { readonly rows: number } & Readonly<Record<Matrix, number>>>;

/** What the training process is sent: the request without its rows, their numbers piece by piece, and that it is whole. */
export type TransferMessage =
  | { readonly kind: 'request'; readonly request: object; readonly lengths: Lengths }
  | {
      readonly kind: 'piece';
      readonly part: Part;
      readonly matrix: Matrix;
      readonly start: number;
      readonly values: Int32Array | Float32Array;
    }
  | { readonly kind: 'whole' };

/** Numbers of one message, 4 MB: neither process holds a second copy of the rows. */
const PIECE = 1_000_000;

const lengthsOf = ({ rows, categorical, numeric, labels }: EncodedRows) => ({
  rows,
  categorical: categorical.length,
  numeric: numeric.length,
  labels: labels.length,
});

/** `send` resolves when the other process can take more. */
export async function sendRequest(
  { train, validation, ...request }: TrainingRows,
  send: (message: TransferMessage) => Promise<void>,
): Promise<void> {
  const rows = { train, validation };
  await send({ kind: 'request', request, lengths: { train: lengthsOf(train), validation: lengthsOf(validation) } });
  for (const part of parts) {
    for (const matrix of matrices) {
      const values = rows[part][matrix];
      for (let start = 0; start < values.length; start += PIECE) {
        await send({ kind: 'piece', part, matrix, start, values: values.subarray(start, start + PIECE) });
      }
    }
  }
  await send({ kind: 'whole' });
}

/** Puts the request together again. */
export class ReceivedRequest<Request extends TrainingRows> {
  private request: TrainingRows | undefined;

  /** The request once it is whole. */
  take(message: TransferMessage): Request | null {
    if (message.kind === 'request') {
      const { train, validation } = message.lengths;
      this.request = { ...message.request, train: roomFor(train), validation: roomFor(validation) };
      return null;
    }
    if (!this.request) throw new TypeError(`${message.kind} came before the request`);
    if (message.kind === 'whole') return this.request as Request;
    this.request[message.part][message.matrix].set(message.values, message.start);
    return null;
  }
}

const roomFor = ({ rows, categorical, numeric, labels }: Lengths[Part]): EncodedRows => ({
  rows,
  categorical: new Int32Array(categorical),
  numeric: new Float32Array(numeric),
  labels: new Int32Array(labels),
});
