import fc from 'fast-check';

/** On which session; 0: none, outside any transaction. */
type Session = 0 | 1 | 2;

export type Operation =
  | { does: 'start' | 'commit' | 'abort'; session: 1 | 2 }
  | { does: 'find'; session: Session; filter: object; options: object }
  | { does: 'count'; session: Session; filter: object }
  | { does: 'insert'; session: Session; documents: { _id: string }[]; ordered: boolean }
  | { does: 'update'; session: Session; filter: object; update: object; upsert: boolean; many: boolean }
  | { does: 'replace'; session: Session; filter: object; document: object; upsert: boolean }
  | { does: 'findAndUpdate'; session: Session; filter: object; update: object; options: object }
  | { does: 'findAndDelete'; session: Session; filter: object }
  | { does: 'delete'; session: Session; filter: object; many: boolean }
  | { does: 'bulk'; session: Session; updates: { filter: object; update: object }[]; ordered: boolean };

const session = fc.constantFrom<Session>(0, 1, 1, 2, 2);
const id = fc.constantFrom('a', 'b', 'c', 'd');
const number = fc.integer({ min: 0, max: 4 });
const date = fc.constantFrom(new Date('2026-01-01'), new Date('2026-01-02T03:04:05.678Z'));
const text = fc.constantFrom('', 'x', 'y/z');
const nothing = fc.constant(null);
const value = fc.oneof(number, date, text, nothing, fc.array(number, { maxLength: 2 }), fc.record({ k: number }));

const document = fc.record(
  { _id: id, u: number, n: number, at: fc.oneof(date, nothing), s: text, nested: fc.record({ k: number, l: value }) },
  { requiredKeys: ['_id', 'u'] },
);

/** Conditions beside the id, of the kinds that the stores use. */
const condition = fc.oneof(
  fc.record({ n: fc.oneof(number, fc.record({ $gte: number }), fc.record({ $lte: number })) }),
  fc.record({ at: fc.oneof(nothing, date, fc.record({ $gt: date }), fc.record({ $ne: nothing, $lte: date })) }),
  fc.record({ s: fc.oneof(text, fc.record({ $in: fc.array(text, { maxLength: 2 }) })) }),
  fc.record({ 'nested.k': number }),
  fc.record({ 'list.0': fc.record({ $exists: fc.boolean() }) }),
  fc.record({ $or: fc.tuple(fc.record({ at: nothing }), fc.record({ n: fc.record({ $lte: number }) })) }),
  fc.constant({}),
);
const ofId = fc.oneof(
  id.map((_id) => ({ _id })),
  fc.array(id, { minLength: 1, maxLength: 3 }).map((ids) => ({ _id: { $in: ids } })),
  fc.record({ _id: fc.record({ $gt: id }) }),
);
const oneId = fc.tuple(id, condition).map(([_id, more]) => ({ _id, ...more }));
const anyFilter = fc.oneof(condition, ofId, oneId);

const update = fc.oneof(
  fc.record({ $set: fc.dictionary(fc.constantFrom('n', 'u', 'x.y'), number, { minKeys: 1 }) }),
  fc.record({ $set: fc.record({ at: date, s: text }) }),
  fc.record({ $inc: fc.record({ n: number }) }),
  fc.record({ $max: fc.record({ n: number }) }),
  fc.record({ $unset: fc.record({ s: fc.constant(1) }) }),
  fc.record({ $set: fc.record({ owner: text, at: date }), $inc: fc.record({ token: fc.constant(1) }) }),
  fc.record({ $setOnInsert: fc.record({ length: number, s: text }) }),
);

const sorted = fc.record(
  {
    sort: fc.constantFrom({ n: 1, _id: 1 }, { at: -1, _id: 1 }, { s: 1, n: -1, _id: -1 }, { _id: 1 }),
    limit: fc.integer({ min: 1, max: 3 }),
    projection: fc.constantFrom({ n: 1 }, { _id: 0, s: 1, at: 1 }, { 'nested.k': 1 }, {}),
  },
  { requiredKeys: ['sort'] },
);

const operation: fc.Arbitrary<Operation> = fc.oneof(
  {
    weight: 5,
    arbitrary: fc.record({ does: fc.constantFrom('start' as const), session: fc.constantFrom(1 as const, 2 as const) }),
  },
  {
    weight: 4,
    arbitrary: fc.record({
      does: fc.constantFrom('commit' as const, 'commit' as const, 'abort' as const),
      session: fc.constantFrom(1 as const, 2 as const),
    }),
  },
  {
    weight: 4,
    arbitrary: fc.record({
      does: fc.constant('find' as const),
      session,
      filter: anyFilter,
      options: fc.oneof(sorted, fc.constant({})),
    }),
  },
  { weight: 1, arbitrary: fc.record({ does: fc.constant('count' as const), session, filter: anyFilter }) },
  {
    weight: 4,
    arbitrary: fc.record({
      does: fc.constant('insert' as const),
      session,
      documents: fc.array(document, { minLength: 1, maxLength: 3 }),
      ordered: fc.boolean(),
    }),
  },
  {
    weight: 4,
    arbitrary: fc.record({
      does: fc.constant('update' as const),
      session,
      filter: oneId,
      update,
      upsert: fc.boolean(),
      many: fc.constant(false),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      does: fc.constant('update' as const),
      session,
      filter: anyFilter,
      update,
      upsert: fc.constant(false),
      many: fc.constant(true),
    }),
  },
  {
    weight: 3,
    arbitrary: fc.record({
      does: fc.constant('replace' as const),
      session,
      filter: oneId,
      document: document.map(({ _id, ...rest }) => rest),
      upsert: fc.boolean(),
    }),
  },
  {
    weight: 4,
    arbitrary: fc.record({
      does: fc.constant('findAndUpdate' as const),
      session,
      filter: oneId,
      update,
      options: fc.record({ upsert: fc.boolean(), returnDocument: fc.constantFrom('before', 'after') }),
    }),
  },
  { weight: 1, arbitrary: fc.record({ does: fc.constant('findAndDelete' as const), session, filter: oneId }) },
  {
    weight: 2,
    arbitrary: fc.record({ does: fc.constant('delete' as const), session, filter: oneId, many: fc.constant(false) }),
  },
  {
    weight: 1,
    arbitrary: fc.record({ does: fc.constant('delete' as const), session, filter: anyFilter, many: fc.constant(true) }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      does: fc.constant('bulk' as const),
      session,
      updates: fc.array(fc.record({ filter: id.map((_id) => ({ _id })), update }), { minLength: 1, maxLength: 3 }),
      ordered: fc.boolean(),
    }),
  },
);

export const operationSequence = fc.array(operation, { minLength: 10, maxLength: 40, size: 'max' });
