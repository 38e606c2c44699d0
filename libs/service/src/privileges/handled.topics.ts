import { events, type TopicContract } from '@perennial/contracts';

export type Class = { prototype: object };

/** Nest keeps what decorators say as metadata under these keys. */
const controllersKey = 'controllers';
const importsKey = 'imports';
const patternKey = 'microservices:pattern';

const listOf = (key: string, target: object): unknown[] => (Reflect.getMetadata(key, target) ?? []) as unknown[];

export function controllersOf(module: object): Class[] {
  const imported = listOf(importsKey, module).filter((each): each is Class => typeof each === 'function');
  return [...(listOf(controllersKey, module) as Class[]), ...imported.flatMap(controllersOf)];
}

function patternsOf({ prototype }: Class): unknown[] {
  return Object.getOwnPropertyNames(prototype)
    .map((name): unknown => Object.getOwnPropertyDescriptor(prototype, name)?.value)
    .filter((member) => typeof member === 'function')
    .flatMap((handler) => listOf(patternKey, handler));
}

/** Types of the events that the controllers of a Nest module handle. */
export function typesHandledBy(module: object): string[] {
  const types = new Set(controllersOf(module).flatMap(patternsOf));
  return [...events.keys()].filter((type) => types.has(type));
}

/** Topics of the events that the controllers of a Nest module handle. */
export function topicsHandledBy(module: object): TopicContract[] {
  const types = new Set(controllersOf(module).flatMap(patternsOf));
  return [...new Set([...events.values()].flatMap(({ type, topic }) => (types.has(type) ? [topic] : [])))];
}
