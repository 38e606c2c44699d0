import { ServiceError } from '@perennial/service';

export const featuresUnavailable = (reason: string, cause?: unknown): ServiceError =>
  new ServiceError(
    'FEATURES_UNAVAILABLE',
    503,
    `The source of features is away: ${reason}`,
    { reason },
    { cause, retryable: true },
  );
