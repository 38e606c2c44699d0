import type { ServerDuplexStream } from '@grpc/grpc-js';
import type { InferRequestMessage, InferResponseMessage } from '@perennial/open-inference';

interface StreamAnswer {
  error_message?: string;
  infer_response?: Partial<InferResponseMessage>;
}

type Stream = ServerDuplexStream<InferRequestMessage, StreamAnswer>;

/** Answers each request of a stream, in order, one at a time. One that fails does not end the stream. */
export async function answerStream(
  stream: Stream,
  infer: (message: InferRequestMessage) => Promise<InferResponseMessage>,
  messageOf: (error: unknown) => string,
): Promise<void> {
  // The iterator would destroy the stream at its end, before the status is sent.
  const messages: AsyncIterable<InferRequestMessage> = stream.iterator({ destroyOnReturn: false });
  for await (const message of messages) {
    const answer = await infer(message).then(
      (response): StreamAnswer => ({ infer_response: response }),
      (error: unknown): StreamAnswer => ({
        error_message: messageOf(error),
        infer_response: { id: message.id, model_name: message.model_name },
      }),
    );
    // Written to one who reads slowly, the stream asks to wait.
    if (!stream.write(answer)) await new Promise<void>((resolve) => stream.once('drain', resolve));
  }
  stream.end();
}
