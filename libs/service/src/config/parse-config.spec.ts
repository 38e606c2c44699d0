import { z } from 'zod';
import { flag, integer, list } from './fields';
import { ConfigError, parseConfigs } from './parse-config';

const first = z.object({ PORT: integer(0, 65535).optional(), VERBOSE: flag.default(false) });
const second = z.object({ BROKERS: list, SECRET: z.string().min(12, 'must have at least 12 characters') });

describe('parseConfigs', () => {
  it('reads several schemas from one environment', () => {
    const [a, b] = parseConfigs('x', [first, second], {
      PORT: '8080',
      BROKERS: 'a:1, b:2',
      SECRET: 'long-enough-secret',
    });
    expect(a).toEqual({ PORT: 8080, VERBOSE: false });
    expect(b.BROKERS).toEqual(['a:1', 'b:2']);
  });

  it('lists the problems of all schemas at once, by variable and without values', () => {
    const attempt = () => parseConfigs('x', [first, second], { PORT: 'http', VERBOSE: 'yes', SECRET: 'hunter2' });
    expect(attempt).toThrow(ConfigError);
    try {
      attempt();
    } catch (error) {
      const { problems, message } = error as ConfigError;
      expect(problems.map(({ variable }) => variable)).toEqual(['PORT', 'VERBOSE', 'BROKERS', 'SECRET']);
      expect(message).not.toContain('hunter2');
    }
  });

  it('takes an empty variable for an absent one', () => {
    expect(parseConfigs('x', [first], { PORT: '' })[0].PORT).toBeUndefined();
  });
});
