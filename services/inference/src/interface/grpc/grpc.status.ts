import { Metadata, status } from '@grpc/grpc-js';
import { predictionFailure, retryAfter } from '../prediction.failure';

const STATUS: Record<number, status> = {
  400: status.INVALID_ARGUMENT,
  404: status.NOT_FOUND,
  409: status.FAILED_PRECONDITION,
  413: status.INVALID_ARGUMENT,
  422: status.FAILED_PRECONDITION,
  429: status.RESOURCE_EXHAUSTED,
  503: status.UNAVAILABLE,
  504: status.DEADLINE_EXCEEDED,
};

export interface GrpcFailure {
  code: status;
  details: string;
  /** `retry-after` in seconds, where the same call may succeed soon. */
  metadata?: Metadata;
}

/** The failure as gRPC tells it; causes that are not the client's business stay in the log. */
export function grpcFailure(error: unknown): GrpcFailure {
  const failure = predictionFailure(error) as { status?: number; message?: string };
  const code = failure.status === undefined ? undefined : STATUS[failure.status];
  if (code === undefined) return { code: status.INTERNAL, details: 'The request failed; the log has the cause' };
  const details = failure.message ?? '';
  const seconds = retryAfter(failure);
  if (seconds === undefined) return { code, details };
  const metadata = new Metadata();
  metadata.set('retry-after', seconds);
  return { code, details, metadata };
}
