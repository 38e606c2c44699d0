import fc from 'fast-check';
import { mongo } from 'mongoose';
import { transferred } from './transferred.document';

const { BSON, Long, ObjectId } = mongo;

/** But what toStrictEqual takes for the class of an object. */
const name = fc.string({ unit: 'grapheme', minLength: 1 }).filter((text) => text !== 'constructor');
const value = fc.letrec((tie) => ({
  value: fc.oneof(
    { depthSize: 'small' },
    fc.string({ unit: 'grapheme' }),
    fc.integer(),
    fc.double(),
    fc.boolean(),
    fc.constantFrom(null, undefined, -0, NaN),
    fc.date({ noInvalidDate: true }),
    fc.bigInt({ min: -(2n ** 62n), max: 2n ** 62n }),
    fc.uint8Array({ maxLength: 8 }),
    fc.integer({ min: 0, max: 1e9 }).map((seconds) => ObjectId.createFromTime(seconds)),
    fc.integer().map((number) => Long.fromNumber(number)),
    fc.integer().map((number) => new Map([['number', number]])),
    fc.integer().map((number) => ({ toBSON: () => ({ number }) })),
    fc.array(tie('value'), { maxLength: 4 }),
    tie('document'),
  ),
  document: fc.dictionary(name, tie('value'), { maxKeys: 5, noNullPrototype: true }),
})).document as fc.Arbitrary<mongo.Document>;

describe('a document that goes over a connection', () => {
  it.each([true, false])('is what BSON makes of it, undefined ignored: %s', (ignoreUndefined) => {
    fc.assert(
      fc.property(value, (document) => {
        const options = { ignoreUndefined, serializeFunctions: false };
        const bytes = BSON.serialize(document, options);
        expect(transferred(document, options)).toStrictEqual(BSON.deserialize(bytes));
      }),
    );
  });

  it('shares nothing that can change with its sender', () => {
    const sent = { at: new Date(0), list: [{ n: 1 }], inner: { text: 'a' } };
    const got = transferred(sent, {});
    sent.at.setTime(1);
    sent.list[0]!.n = 2;
    sent.inner.text = 'b';
    expect(got).toEqual({ at: new Date(0), list: [{ n: 1 }], inner: { text: 'a' } });
  });
});
