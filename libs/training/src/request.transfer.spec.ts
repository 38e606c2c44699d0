import { createHash } from 'node:crypto';
import { deserialize, serialize } from 'node:v8';
import { ReceivedRequest, sendRequest, type TransferMessage } from './request.transfer';
import { smallRequest } from './testing/synthetic.rows';
import type { TrainingRequest } from './training.request';

const filled = <T extends Int32Array | Float32Array>(values: T): T => values.map((_, index) => index % 97) as T;

/** Everything in it, arrays by their digest: toEqual takes a minute for millions of numbers. */
function digested(request: unknown): unknown {
  const text = JSON.stringify(request, (_, value: unknown) => {
    if (!ArrayBuffer.isView(value)) return value;
    return [
      value.constructor.name,
      value.byteLength,
      createHash('sha256')
        .update(value as Uint8Array)
        .digest('hex'),
    ];
  });
  return JSON.parse(text);
}

async function sent(request: TrainingRequest): Promise<TransferMessage[]> {
  const messages: TransferMessage[] = [];
  // As they come out of the channel between the processes.
  await sendRequest(request, async (message) => void messages.push(deserialize(serialize(message)) as TransferMessage));
  return messages;
}

describe('a request on its way to the training process', () => {
  it('is sent in pieces of a few megabytes, and is the same on the other side', async () => {
    const rows = 250_000;
    const train = {
      rows,
      categorical: filled(new Int32Array(rows * 3)),
      numeric: filled(new Float32Array(rows * 9)),
      labels: filled(new Int32Array(rows)),
    };
    const request = smallRequest({ train, initialCheckpoint: Uint8Array.of(1, 2, 3) });
    const messages = await sent(request);
    const sizes = messages.map((message) => (message.kind === 'piece' ? message.values.byteLength : 0));
    expect(Math.max(...sizes)).toBe(4_000_000);
    const received = new ReceivedRequest<TrainingRequest>();
    const taken = messages.map((message) => received.take(message));
    expect(taken.slice(0, -1).filter((each) => each !== null)).toEqual([]);
    expect(digested(taken.at(-1))).toEqual(digested(request));
  });

  it('keeps lengths that do not fit, which the other side refuses by name', async () => {
    const { train } = smallRequest();
    const request = smallRequest({ train: { ...train, labels: train.labels.subarray(1) } });
    const received = new ReceivedRequest<TrainingRequest>();
    expect((await sent(request)).map((message) => received.take(message)).at(-1)).toEqual(request);
  });

  it('begins with its head', () => {
    expect(() => new ReceivedRequest<TrainingRequest>().take({ kind: 'whole' })).toThrow(
      'whole came before the request',
    );
  });
});
