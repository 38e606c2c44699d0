import { parentPort, type Transferable } from 'node:worker_threads';
import { SerialQueue } from './serial.queue';

/** What crosses the thread boundary of an error: its data, not its class. */
interface Failure {
  message: string;
  code?: unknown;
  retryable?: unknown;
  details?: unknown;
}

/** What the thread sends back. */
export type Answer = { id: number; value?: unknown; failure?: Failure };

export interface Answered {
  value: unknown;
  transfer?: Transferable[];
}

/** For a thread's entry: answers the calls of its ComputeThread in the order in which they come. */
export function answerCalls(handle: (request: never) => Answered | Promise<Answered>): void {
  const port = parentPort;
  if (!port) throw new Error('answerCalls works in a thread of ComputeThread only');
  const calls = new SerialQueue();
  const answer = async (id: number, request: unknown) => {
    try {
      const { value, transfer } = await handle(request as never);
      port.postMessage({ id, value }, transfer ?? []);
    } catch (error) {
      const { message, code, retryable, details } = error as Failure;
      port.postMessage({ id, failure: { message: message ?? String(error), code, retryable, details } });
    }
  };
  port.on('message', ({ id, request }: { id: number; request: unknown }) => {
    void calls.run(() => answer(id, request));
  });
}
