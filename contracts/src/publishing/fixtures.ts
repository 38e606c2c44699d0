import { isDeepStrictEqual } from 'node:util';
import type { EventContract } from '../define';
import type { Files } from './artifacts';
import { eventName } from './versions';

/** A golden fixture: one event in CloudEvents structured mode. */
export interface Fixture {
  type: string;
  subject: string;
  dataschema: string;
  data: unknown;
}

export const fixtureName = (contract: EventContract): string => `${contract.type}.json`;

/** Every event version has a fixture that it, and every other version of the event, can read. */
export function fixtureProblems(contracts: readonly EventContract[], files: Files): string[] {
  const expected = new Set(contracts.map(fixtureName));
  const stray = [...files.keys()].filter((name) => !expected.has(name));
  return [
    ...stray.map((name) => `fixture ${name} belongs to no event version`),
    ...contracts.flatMap((contract) => {
      const text = files.get(fixtureName(contract));
      if (text === undefined) return [`${contract.type} has no fixture ${fixtureName(contract)}`];
      const fixture = JSON.parse(text) as Fixture;
      return [...envelopeProblems(contract, fixture), ...readerProblems(contracts, contract, fixture)];
    }),
  ];
}

function envelopeProblems(contract: EventContract, fixture: Fixture): string[] {
  const parsed = contract.schema.safeParse(fixture.data);
  if (!parsed.success) return [];
  const expected = { type: contract.type, dataschema: contract.dataschema, subject: contract.subject(parsed.data) };
  const wrong = Object.entries(expected).filter(([name, value]) => fixture[name as keyof Fixture] !== value);
  const problems = wrong.map(([name, value]) => `fixture ${fixtureName(contract)}: ${name} is not ${value}`);
  if (isDeepStrictEqual(parsed.data, fixture.data)) return problems;
  return [...problems, `fixture ${fixtureName(contract)}: data has fields that ${contract.type} does not declare`];
}

function readerProblems(contracts: readonly EventContract[], writer: EventContract, fixture: Fixture): string[] {
  const readers = contracts.filter((contract) => eventName(contract) === eventName(writer));
  return readers.flatMap((reader) => {
    const issues = reader.schema.safeParse(fixture.data).error?.issues ?? [];
    return issues.map(
      ({ path, message }) => `fixture ${fixtureName(writer)} as ${reader.type}: ${path.join('.')}: ${message}`,
    );
  });
}
