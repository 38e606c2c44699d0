import { readMetadata } from '@perennial/onnx-file';
import fc from 'fast-check';
import { BatchRunner, openSession } from './inference.session';
import { checkModel } from './model.check';
import { ModelRuntimeError } from './model-runtime.errors';
import { signatureOf } from './model.signature';
import { PackedModel } from './packed.model';
import { encodeRows } from './row.encoder';
import { credit, creditModel } from './testing/credit.fixture';

const signature = signatureOf(readMetadata(creditModel));
const packed = PackedModel.of(creditModel, signature);

const anyRow = fc.record({
  limit_bal: fc.oneof(fc.constant(null), fc.double({ min: -1e6, max: 1e6, noNaN: true })),
  age: fc.oneof(fc.constant(null), fc.integer({ min: 0, max: 120 })),
  approved_on: fc.constantFrom(null, '2024-02-29', '1999-12-31'),
  sex: fc.constantFrom(null, 'male', 'female', '1', '2', 'x'),
  education: fc.oneof(fc.constantFrom('university', 'school', '1', '2', '3'), fc.string()),
});

describe('a packed model', () => {
  it('takes numbers in one tensor and the codes of texts in another', () => {
    expect(packed.layout).toEqual({
      numbers: { name: 'packed/numbers', width: 3 },
      codes: { name: 'packed/codes', width: 2 },
      texts: [],
    });
  });

  it('packs requests together as all their rows at once', () => {
    fc.assert(
      fc.property(fc.array(fc.array(anyRow, { maxLength: 4 }), { minLength: 1, maxLength: 5 }), (requests) => {
        const apart = requests.map((rows) => encodeRows(rows, signature));
        expect(packed.pack(apart)).toEqual(packed.pack([encodeRows(requests.flat(), signature)]));
      }),
    );
  });

  it('answers each row as by itself, whatever is beside it', async () => {
    const runner = new BatchRunner(await openSession(packed.model, 1), packed.layout);
    const probabilitiesOf = (rows: readonly Record<string, unknown>[]) =>
      runner.probabilitiesOf(packed.pack(rows.map((row) => encodeRows([row], signature))));
    const property = fc.asyncProperty(fc.array(anyRow, { minLength: 1, maxLength: 9 }), async (rows) => {
      const alone: number[] = [];
      for (const row of rows) alone.push(...(await probabilitiesOf([row])));
      const together = await probabilitiesOf(rows);
      together.forEach((probability, at) => expect(probability).toBeCloseTo(alone[at] as number, 6));
    });
    await fc.assert(property, { numRuns: 50 });
    const expected = await probabilitiesOf(credit.rows);
    credit.probabilities.forEach((probability, at) => expect(expected[at]).toBeCloseTo(probability, 6));
  });

  it('takes a text whole, also behind a NUL', () => {
    const [known] = credit.rows as [Record<string, unknown>];
    const codesOf = (education: unknown) => [...packed.pack([encodeRows([{ ...known, education }], signature)]).codes];
    expect(codesOf(`${known['education']}\0more`)).toEqual(codesOf('never seen'));
    expect(codesOf(known['education'])).not.toEqual(codesOf('never seen'));
  });

  it('is made, or refused by its rules, of any damaged file', () => {
    const change = fc.tuple(fc.nat({ max: creditModel.length - 1 }), fc.nat({ max: 255 }));
    const refused: unknown[] = [];
    fc.assert(
      fc.property(fc.array(change, { minLength: 1, maxLength: 3 }), (changes) => {
        const damaged = Buffer.from(creditModel);
        for (const [at, byte] of changes) damaged[at] = byte;
        try {
          checkModel(damaged);
          PackedModel.of(damaged, signature);
        } catch (error) {
          expect(error).toBeInstanceOf(ModelRuntimeError);
          refused.push(error);
        }
      }),
      { numRuns: 500 },
    );
    expect(refused.length).toBeGreaterThan(20);
  });
});
