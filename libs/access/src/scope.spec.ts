import fc from 'fast-check';
import { grantProblem, grantsOf, isScope, type Scope, scopes } from './scope';

const pipeline = fc.stringMatching(/^[a-z0-9][a-z0-9-]{0,20}$/);
const scope = fc.constantFrom(...scopes);
const grant = fc.tuple(scope, fc.option(pipeline, { nil: undefined }));
const textOf = ([name, only]: [Scope, string | undefined]) => (only === undefined ? name : `${name}@${only}`);

describe('grants', () => {
  it('allow exactly what they name', () => {
    fc.assert(
      fc.property(fc.array(grant, { maxLength: 6 }), scope, pipeline, (given, asked, about) => {
        const valid = given.filter((each) => grantProblem(textOf(each)) === undefined);
        const allowed = valid.some(
          ([name, only]) => (only === undefined && name === 'admin') || (name === asked && (only ?? about) === about),
        );
        expect(grantsOf(given.map(textOf)).allows(asked, about)).toBe(allowed);
      }),
    );
  });

  it('for one pipeline are not enough for all of them', () => {
    const grants = grantsOf(['predict@credit']);
    expect([grants.allows('predict', 'credit'), grants.allows('predict', 'fraud')]).toEqual([true, false]);
    expect([grants.allowsAll('predict'), grants.allowsSome('predict'), grants.allowsSome('labels')]).toEqual([
      false,
      true,
      false,
    ]);
  });

  it.each(['', 'Predict', 'predict@', 'predict@a@b', 'predict@A', 'admin@credit', 'metrics@credit', '*', 'openid'])(
    '%j gives nothing',
    (text) => {
      expect(grantProblem(text)).toMatch(/must be one of predict/);
      const grants = grantsOf([text]);
      expect(scopes.filter((each) => grants.allowsSome(each))).toEqual([]);
    },
  );

  it('names of properties that every object has are no scopes', () => {
    expect(['constructor', '__proto__', 'toString'].filter(isScope)).toEqual([]);
  });
});
