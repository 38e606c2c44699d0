import { promisify } from 'node:util';
import { type Client, credentials, Metadata } from '@grpc/grpc-js';
import { inferenceService } from '../interface/grpc/inference.definition';

export interface GrpcClient {
  ask<R>(method: string, message: object, metadata?: Record<string, string>): Promise<R>;
  close(): void;
}

export function grpcClient(address: string): GrpcClient {
  const Service = inferenceService();
  const client = new Service(address, credentials.createInsecure()) as Client & Record<string, never>;
  const ask = <R>(method: string, message: object, given: Record<string, string> = {}): Promise<R> => {
    const metadata = new Metadata();
    for (const [name, value] of Object.entries(given)) metadata.set(name, value);
    return promisify((body: object, done: (error: Error | null, answer: R) => void) =>
      (client[method] as unknown as (...args: unknown[]) => void).call(client, body, metadata, done),
    )(message);
  };
  return { ask, close: () => client.close() };
}
