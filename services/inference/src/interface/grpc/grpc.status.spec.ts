import { status } from '@grpc/grpc-js';
import { grpcFailure } from './grpc.status';

const failed = (code: string) => grpcFailure(Object.assign(new Error('why'), { code }));

describe('a failure over gRPC', () => {
  it.each([
    ['OVERLOADED', status.RESOURCE_EXHAUSTED, ['1']],
    ['MODEL_CLOSED', status.UNAVAILABLE, ['1']],
    ['DEADLINE_EXCEEDED', status.DEADLINE_EXCEEDED, []],
    ['INVALID_INPUT', status.INVALID_ARGUMENT, []],
  ])('%s has a status, and says when to come again', (code, expected, retryAfter) => {
    const failure = failed(code);
    expect(failure).toMatchObject({ code: expected, details: 'why' });
    expect(failure.metadata?.get('retry-after') ?? []).toEqual(retryAfter);
  });

  it('keeps to itself what is not the business of the client', () => {
    expect(failed('ELSEWHERE').details).not.toContain('why');
  });
});
