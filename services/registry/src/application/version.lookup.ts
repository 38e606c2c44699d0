import { ServiceError } from '@perennial/service';

/** Throws UNKNOWN_PIPELINE. */
export function pipelineOf<P>(pipelines: ReadonlyMap<string, P>, name: string): P {
  const pipeline = pipelines.get(name);
  if (pipeline) return pipeline;
  const message = `pipeline is ${name}: must be one of ${[...pipelines.keys()].join(', ')}`;
  throw new ServiceError('UNKNOWN_PIPELINE', 404, message, { field: 'pipeline', value: name });
}

export function unknownRun(runId: string): ServiceError {
  const message = `run_id is ${runId}: no version came of such a run`;
  return new ServiceError('UNKNOWN_RUN', 404, message, { field: 'run_id', value: runId });
}

export function unknownVersion(pipeline: string, version: string): ServiceError {
  const message = `version is ${version}: ${pipeline} has no such version`;
  return new ServiceError('UNKNOWN_VERSION', 404, message, { field: 'version', value: version });
}
