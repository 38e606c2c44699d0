import { type EventContract, events } from '@perennial/contracts';
import { eventVersion } from '@perennial/messaging';
import { z } from 'zod';

/** The field that the next version has more. It names who wrote the event. */
export const newField = 'writtenBy';

/** Type of the version that comes after the given one. */
export function nextType(type: string): string {
  const version = eventVersion(type)?.version ?? 0;
  return type.replace(`.v${version}.`, `.v${version + 1}.`);
}

type Mutable<T> = { -readonly [K in keyof T]: T[K] };

/**
 * The contracts as a release ahead has them: the newest version of each event that a service writes has an optional field more, in a version
 * of its own or, as a producer with a laxer idea of versions would do it, in the version that there is. Works on the
 * contracts of this process, in place, before anybody has read them. Writers fill the field with their name.
 */
export function upgradeContracts(service: string, change: 'new-version' | 'new-field'): void {
  const catalogue = events as Map<string, EventContract>;
  for (const contract of [...catalogue.values()] as Mutable<EventContract>[]) {
    if (!(contract.schema instanceof z.ZodObject) || catalogue.has(nextType(contract.type))) continue;
    const older = { ...contract };
    contract.schema = contract.schema.extend({ [newField]: z.string().default(service) });
    if (change === 'new-field') continue;
    contract.type = nextType(older.type);
    contract.version = older.version + 1;
    contract.dataschema = older.dataschema.replace(/:v\d+$/, `:v${contract.version}`);
    catalogue.set(older.type, older);
    catalogue.set(contract.type, contract);
  }
}
