import { ServiceError } from '@perennial/service';

interface Asked {
  readonly name: string;
  readonly version: string;
}

const mebibytes = (bytes: number): string => `${Math.ceil(bytes / 1024 / 1024)} MiB`;

/** For good: it would not fit alone. */
export function exceedsBudget({ name, version }: Asked, bytes: number, budgetBytes: number): ServiceError {
  const rule = `must fit INFERENCE_MODEL_MEMORY_MB (${mebibytes(budgetBytes)})`;
  const message = `Version ${version} of ${name} takes ${mebibytes(bytes)} of memory: it ${rule}`;
  const details = { pipeline: name, version, bytes, budgetBytes, rule };
  return new ServiceError('MODEL_EXCEEDS_BUDGET', 503, message, details, { retryable: false });
}

/** For now: all that is in memory has to stay there. */
export function memoryFull({ name, version }: Asked, bytes: number, used: number): ServiceError {
  const message = `No memory for version ${version} of ${name}: it takes ${mebibytes(bytes)}, and models that must stay hold ${mebibytes(used)}`;
  return new ServiceError('MODEL_MEMORY_FULL', 503, message, { pipeline: name, version, bytes, used });
}

export function closedModel({ name, version }: Asked): ServiceError {
  return new ServiceError('MODEL_CLOSED', 503, `Version ${version} of ${name} is closed`, { pipeline: name, version });
}

/** It was in memory before, so what keeps it out now may pass. */
export function notLoaded({ name, version }: Asked, cause: unknown): ServiceError {
  if (cause instanceof ServiceError) return cause;
  const reason = cause instanceof Error ? cause.message : String(cause);
  const message = `Version ${version} of ${name} left memory and cannot be loaded again: ${reason}`;
  return new ServiceError('MODEL_NOT_LOADED', 503, message, { pipeline: name, version, reason }, { cause });
}
