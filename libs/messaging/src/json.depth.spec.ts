import { isDeeperThan } from './json.depth';

const deeper = (limit: number, text: string) => isDeeperThan(limit, Buffer.from(text));
const nested = (depth: number) => `${'['.repeat(depth)}${']'.repeat(depth)}`;

describe('the depth of a JSON text', () => {
  it.each([
    [0, '7', false],
    [0, '[]', true],
    [2, '[{"a":1}]', false],
    [2, '[{"a":[1]}]', true],
    [2, '[[],[],[{}]]', true],
    [2, '[[],[],[],[]]', false],
    [1, '["[[[[{{"]', false],
    [2, '["]]]]",[[1]]]', true],
    [3, '{"a":{"b":"[[[["}}', false],
    [1, '["\\\\",[]]', true],
    [1, '["\\"[[",7]', false],
  ])('over %i: %s is %s', (limit, text, expected) => expect(deeper(limit, text)).toBe(expected));

  it('is found without running out of stack', () => {
    expect(deeper(1_000, nested(1_000))).toBe(false);
    expect(deeper(1_000, nested(1_001))).toBe(true);
    expect(deeper(1_000, nested(1_000_000))).toBe(true);
  });
});
