import { GatewayTimeoutException, HttpException, NotFoundException } from '@nestjs/common';
import { MessagingError } from '@perennial/messaging';
import { describeFailure } from './error.filter';
import { ServiceError } from './service-error';

describe('describeFailure', () => {
  it('answers an expected failure with its status, code and details', () => {
    const error = new ServiceError('UNKNOWN_DATASET', 404, 'dataset "x" is not declared', {
      field: 'name',
      value: 'x',
    });
    expect(describeFailure(error)).toEqual({
      status: 404,
      code: 'UNKNOWN_DATASET',
      message: 'dataset "x" is not declared',
      details: { field: 'name', value: 'x' },
    });
  });

  it('keeps the status of framework exceptions', () => {
    expect(describeFailure(new NotFoundException('Cannot GET /x'))).toMatchObject({
      status: 404,
      code: 'UNKNOWN_PATH',
    });
    expect(describeFailure(new HttpException('not JSON', 400))).toMatchObject({ status: 400, code: 'MALFORMED_BODY' });
    expect(describeFailure(new GatewayTimeoutException())).toMatchObject({ status: 504, code: 'GATEWAY_TIMEOUT' });
  });

  it('answers 503 while a dependency is away', () => {
    expect(describeFailure(new MessagingError('DATABASE_UNAVAILABLE', 'no answer')).status).toBe(503);
  });

  it('keeps the body parser status of a malformed request', () => {
    expect(
      describeFailure(Object.assign(new Error('too large'), { statusCode: 413, code: 'FST_ERR_CTP_BODY_TOO_LARGE' }))
        .status,
    ).toBe(413);
  });

  it('does not show what is inside an unexpected error', () => {
    const failure = describeFailure(new TypeError('secret of the implementation'));
    expect(failure).toEqual({ status: 500, code: 'INTERNAL', message: expect.not.stringContaining('secret') });
  });
});
