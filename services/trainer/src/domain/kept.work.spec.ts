import fc from 'fast-check';
import { exampleFile } from '../testing/run.examples';
import { allObsolete, deleted, kept, type KeptWork, NOTHING_KEPT, type Stage } from './kept.work';

const ids = ({ files, obsolete }: KeptWork) => ({
  needed: Object.values(files).flatMap((stages) => Object.values(stages).map(({ fileId }) => fileId)),
  obsolete: obsolete.map(({ fileId }) => fileId),
});

it('replaces the newest checkpoint, and all that came before a result', () => {
  const begun = kept(kept(NOTHING_KEPT, 1, 'encoder', exampleFile('e')), 1, 'checkpoint', exampleFile('a'));
  expect(ids(begun)).toEqual({ needed: ['e', 'a'], obsolete: [] });
  const further = kept(begun, 1, 'checkpoint', exampleFile('b'));
  expect(ids(further)).toEqual({ needed: ['e', 'b'], obsolete: ['a'] });
  expect(ids(deleted(further, ['a', 'other']))).toEqual({ needed: ['e', 'b'], obsolete: [] });
  const second = kept(kept(further, 1, 'result', exampleFile('r')), 2, 'checkpoint', exampleFile('c'));
  expect(ids(second)).toEqual({ needed: ['r', 'c'], obsolete: ['a', 'e', 'b'] });
  expect(ids(allObsolete(second))).toEqual({ needed: [], obsolete: ['a', 'e', 'b', 'r', 'c'] });
});

const file = fc.constantFrom('a', 'b', 'c', 'd', 'e');
const step = fc.oneof(
  fc.record({
    training: fc.integer({ min: 1, max: 3 }),
    stage: fc.constantFrom<Stage>('encoder', 'checkpoint', 'result'),
    file,
  }),
  fc.record({ gone: fc.array(file) }),
);

it('loses sight of no file, and never gives up one that is needed', () => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 30 }), (steps) => {
      let work = NOTHING_KEPT;
      const there = new Set<string>();
      for (const each of steps) {
        if ('gone' in each) {
          const gone = each.gone.filter((id) => ids(work).obsolete.includes(id));
          gone.forEach((id) => there.delete(id));
          work = deleted(work, gone);
        } else {
          there.add(each.file);
          work = kept(work, each.training, each.stage, exampleFile(each.file));
        }
        const { needed, obsolete } = ids(work);
        expect(new Set([...needed, ...obsolete])).toEqual(there);
        expect(obsolete.filter((id) => needed.includes(id))).toEqual([]);
        expect(new Set(obsolete).size).toBe(obsolete.length);
      }
    }),
  );
});
