import * as fc from 'fast-check';
import { parseBooster } from './booster.model';
import { boosterText } from './testing/booster.text';
import { goldenProbability, goldenRaw, goldenRows, goldenText } from './testing/golden.predictions';
import { boosterModels } from './testing/tree.arbitrary';
import { probabilityOf, rawScore } from './testing/tree.evaluate';

// PROPERTY_RUNS asks for as many cases as it likes.
jest.setTimeout(600_000);

describe('the model text of LightGBM', () => {
  const model = parseBooster(goldenText);

  it('is read into trees that decide as LightGBM does', () => {
    expect(model).toMatchObject({ features: 5, sigmoid: 0.7 });
    expect(model.trees).toHaveLength(25);
    goldenRows.forEach((row, index) => {
      expect(rawScore(model, row)).toBeCloseTo(goldenRaw[index] as number, 12);
      expect(probabilityOf(model, row)).toBeCloseTo(goldenProbability[index] as number, 12);
    });
  });

  it('has the sets of categories, also beyond the first words of their bitset', () => {
    const codes = model.trees.flatMap((tree) => (tree.kind === 'categorical' ? tree.codes : []));
    expect(codes.some((code) => code >= 64)).toBe(true);
  });
});

it('any trees come back as they were written', () => {
  fc.assert(fc.property(boosterModels, (model) => expect(parseBooster(boosterText(model))).toEqual(model)));
});

describe('a text that cannot be trusted is refused', () => {
  const change = (from: RegExp | string, to: string) => goldenText.replace(from, to);
  it.each([
    ['another format', change('version=v4', 'version=v9'), /version is "v9": must be v3 or v4/],
    ['another objective', change('binary sigmoid:0.7', 'regression'), /objective is "regression"/],
    ['several classes', change('num_tree_per_iteration=1', 'num_tree_per_iteration=3'), /must be 1/],
    ['averaged trees', change('label_index=0', 'average_output'), /trees must be summed/],
    ['a cut text', goldenText.slice(0, 20_000), /trees is \d+: the header announces 25|must be \d+ numbers/],
    ['a short column', change(/^leaf_value=\S+ /m, 'leaf_value='), /tree 0 leaf_value .* must be 15 numbers/],
    ['linear leaves', change('is_linear=0', 'is_linear=1'), /tree 0 is_linear is 1: leaves must be constant/],
    ['a cycle', change(/^left_child=2/m, 'left_child=0'), /tree 0 children is 0: must form a tree/],
    ['nothing', '', /version is undefined/],
  ])('%s', (_, text, message) => {
    expect(() => parseBooster(text)).toThrow(message);
    expect(() => parseBooster(text)).toThrow(expect.objectContaining({ code: 'training.library-failed' }));
  });
});

it('never ends in anything but trees or a refusal, whatever is cut out of a text', () => {
  const cuts = fc.tuple(fc.nat({ max: goldenText.length }), fc.nat({ max: 400 }));
  fc.assert(
    fc.property(cuts, ([from, length]) => {
      const text = goldenText.slice(0, from) + goldenText.slice(from + length);
      try {
        expect(parseBooster(text).trees.length).toBeGreaterThan(0);
      } catch (error) {
        expect(error).toMatchObject({ code: 'training.library-failed' });
      }
    }),
  );
});
