import { status } from '@grpc/grpc-js';
import { predictionFailure } from '../prediction.failure';

const STATUS: Record<number, status> = {
  400: status.INVALID_ARGUMENT,
  404: status.NOT_FOUND,
  409: status.FAILED_PRECONDITION,
  413: status.INVALID_ARGUMENT,
  422: status.FAILED_PRECONDITION,
  429: status.RESOURCE_EXHAUSTED,
  503: status.UNAVAILABLE,
};

/** The failure as gRPC tells it; causes that are not the client's business stay in the log. */
export function grpcFailure(error: unknown): { code: status; details: string } {
  const failure = predictionFailure(error) as { status?: number; message?: string };
  const code = failure.status === undefined ? undefined : STATUS[failure.status];
  if (code === undefined) return { code: status.INTERNAL, details: 'The request failed; the log has the cause' };
  return { code, details: failure.message ?? '' };
}
