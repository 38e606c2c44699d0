import type { OutgoingRecord } from '@perennial/messaging';

/** What must become of a message that no well-behaved producer sends. */
export type Fate =
  /** Kept as a dead letter of each of these consumer groups. */
  | { readonly deadLetter: string; readonly groups: readonly string[] }
  /** Its one record is quarantined with exactly these problems, as `column: rule`. */
  | { readonly quarantined: readonly string[] }
  /** Its one record is stored: odd, but nothing in it is wrong. */
  | { readonly stored: string }
  /** Nobody reads it, or it is another consumer's. */
  | { readonly ignored: true };

export interface PoisonMessage {
  readonly name: string;
  readonly record: OutgoingRecord;
  readonly fate: Fate;
}

/** Marks each poisoned message; dead letters keep the headers of what they were. */
export const poisonHeader = 'poison';

interface Parts {
  readonly name: string;
  readonly topic: string;
  readonly key: string;
  readonly type?: string;
  readonly value: string | null;
  readonly headers?: Readonly<Record<string, string>>;
}

/** A message in CloudEvents binary mode. `run` tells apart the messages of several runs. */
export function poisonRecord(run: string, { name, topic, key, type, value, headers = {} }: Parts): OutgoingRecord {
  const attributes = { ce_specversion: '1.0', ce_id: `${run}/${name}`, ce_source: '/poison', ce_type: type ?? '' };
  const { ce_type: named, ...untyped } = attributes;
  return {
    topic,
    key,
    value,
    headers: {
      'content-type': 'application/json',
      ...untyped,
      ...(named ? { ce_type: named } : {}),
      ...headers,
      [poisonHeader]: `${run}/${name}`,
    },
  };
}

export const nested = (depth: number): string => `${'['.repeat(depth)}${']'.repeat(depth)}`;
