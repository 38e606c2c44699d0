import type { TopicContract } from '@perennial/contracts';

/**
 * What a service uses of the broker and the database. Events it handles and topics it publishes to are not repeated
 * here: the first are its `@OnEvent` methods, the second name it among the producers of their contract.
 */
export interface ServiceNeeds {
  /** Records taken in slices, by a group of their own: `<service>.<topic>`. */
  readonly batches?: readonly TopicContract[];
  /** Events that each replica hears by itself, in a group called `<service>-<replica>`. */
  readonly follows?: readonly TopicContract[];
  /** Collections that nobody else touches; those of messaging come in addition. */
  readonly collections?: readonly string[];
  /** Buckets of the object store that it writes to and reads from. */
  readonly writes?: readonly string[];
  /** Buckets that it only reads from. */
  readonly reads?: readonly string[];
}
