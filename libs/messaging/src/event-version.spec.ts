import { eventVersion, firstVersionOf, isVersionOf } from './event-version';

describe('versions of an event', () => {
  it('are told from its type', () => {
    expect(eventVersion('perennial.evaluation.v12.model-judged')).toEqual({
      event: 'perennial.evaluation.model-judged',
      version: 12,
    });
    expect(firstVersionOf('perennial.evaluation.v12.model-judged')).toBe('perennial.evaluation.v1.model-judged');
  });

  it.each(['model-judged', 'perennial.evaluation.v0.model-judged', 'perennial.evaluation.v1', 'a.vx.b', ''])(
    'are not in the type "%s"',
    (type) => {
      expect(eventVersion(type)).toBeNull();
      expect(firstVersionOf(type)).toBeNull();
    },
  );

  it('belong together by name and subsystem', () => {
    const known = { type: 'perennial.evaluation.v1.model-judged' };
    expect(isVersionOf('perennial.evaluation.v1.model-judged', known)).toBe(true);
    expect(isVersionOf('perennial.evaluation.v2.model-judged', known)).toBe(true);
    expect(isVersionOf('perennial.evaluation.v2.model-kept', known)).toBe(false);
    expect(isVersionOf('perennial.training.v2.model-judged', known)).toBe(false);
    expect(isVersionOf('what', { type: 'what' })).toBe(true);
    expect(isVersionOf('what', { type: 'ever' })).toBe(false);
  });
});
