import { callOptions } from './call.options';

describe('what headers say of a call', () => {
  it('is nothing where there are none', () => expect(callOptions({})).toEqual({ deadline: Infinity }));

  it('is whom it is about', () => expect(callOptions({ 'x-entity-key': 'ana' })).toMatchObject({ key: 'ana' }));

  it('is which trace it is a part of', () => {
    const trace = { traceparent: '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01', tracestate: 'a=b' };
    expect(callOptions(trace)).toMatchObject({ trace });
  });

  it('is how long somebody waits, or what the transport knows where that is less', () => {
    const before = performance.now();
    const { deadline } = callOptions({ 'x-request-timeout-ms': '250' });
    expect(deadline).toBeGreaterThanOrEqual(before + 250);
    expect(deadline).toBeLessThanOrEqual(performance.now() + 250);
    expect(callOptions({ 'x-request-timeout-ms': '250' }, before + 100).deadline).toBe(before + 100);
    expect(callOptions({}, before + 100).deadline).toBe(before + 100);
  });

  it.each(['0', '-1', 'soon', ''])('is refused where it is no time: %j', (timeout) => {
    expect(() => callOptions({ 'x-request-timeout-ms': timeout })).toThrow(
      expect.objectContaining({ code: 'INVALID_INPUT', status: 400 }),
    );
  });
});
