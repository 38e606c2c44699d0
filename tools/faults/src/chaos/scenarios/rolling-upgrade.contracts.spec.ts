import { type EventContract, events, modelKeptV1 } from '@perennial/contracts';
import { newField, nextType, upgradeContracts } from './rolling-upgrade.contracts';

it('names the next version of an event', () => {
  expect(nextType('perennial.evaluation.v1.model-kept')).toBe('perennial.evaluation.v2.model-kept');
});

it('gives every event a version more, which reads the older one and is read by it', () => {
  const first = modelKeptV1.type;
  const known = [...events.keys()];
  const newest = known.filter((type) => !events.has(nextType(type)));
  upgradeContracts('evaluator', 'new-version');
  expect(modelKeptV1).toMatchObject({ type: nextType(first), version: 2 });
  expect([...events.keys()].sort()).toEqual([...known, ...newest.map(nextType)].sort());
  const [older, newer] = [events.get(first), events.get(nextType(first))] as [EventContract, EventContract];
  expect(newer).toBe(modelKeptV1);
  expect(newer.dataschema).toMatch(/:v2$/);
  const fields = (contract: EventContract) => Object.keys((contract.schema as unknown as { shape: object }).shape);
  expect(fields(newer)).toEqual([...fields(older), newField]);
});
