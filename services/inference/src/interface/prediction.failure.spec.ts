import { status } from '@grpc/grpc-js';
import { ModelRuntimeError } from '@perennial/model-runtime';
import { ServiceError } from '@perennial/service';
import { grpcFailure } from './grpc/grpc.status';
import { predictionFailure, retryAfter } from './prediction.failure';

const problem = { row: 0, input: 'age', value: 'old', rule: 'must be an integer or null' };

describe('a failed prediction', () => {
  it.each([
    [new ModelRuntimeError('INVALID_INPUT', 'm', { problems: [problem] }), 400, undefined, status.INVALID_ARGUMENT],
    [new ModelRuntimeError('INVALID_INPUT', 'm', { input: 'rows', value: 9 }), 413, undefined, status.INVALID_ARGUMENT],
    [new ModelRuntimeError('OVERLOADED', 'm'), 429, '1', status.RESOURCE_EXHAUSTED],
    [new ModelRuntimeError('WORKER_CRASHED', 'm'), 503, '1', status.UNAVAILABLE],
    [new ModelRuntimeError('DEADLINE_EXCEEDED', 'm'), 504, undefined, status.DEADLINE_EXCEEDED],
    [new ServiceError('NO_MODEL', 503, 'm'), 503, '1', status.UNAVAILABLE],
    [new ServiceError('UNKNOWN_PIPELINE', 404, 'm'), 404, undefined, status.NOT_FOUND],
  ])('%# is answered with its status', (error, http, seconds, grpc) => {
    const failure = predictionFailure(error);
    expect(failure).toMatchObject({ status: http, message: 'm' });
    expect(retryAfter(failure)).toBe(seconds);
    const { metadata, ...told } = grpcFailure(error);
    expect(told).toEqual({ code: grpc, details: 'm' });
    expect(metadata?.get('retry-after')[0]).toBe(seconds);
  });

  it('of wrong input names input, value and rule', () => {
    const error = new ModelRuntimeError('INVALID_INPUT', 'm', { problems: [problem], total: 1 });
    const { row: _, ...named } = problem;
    expect(predictionFailure(error)).toMatchObject({ code: 'INVALID_INPUT', details: named });
  });

  it('of the model itself keeps its cause to the log', () => {
    const error = new ModelRuntimeError('INFERENCE_FAILED', 'graph internals');
    expect(predictionFailure(error)).toBe(error);
    expect(grpcFailure(error)).toMatchObject({ code: status.INTERNAL, details: expect.not.stringContaining('graph') });
  });
});
