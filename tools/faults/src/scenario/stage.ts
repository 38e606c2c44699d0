import type { KafkaConfig } from '@perennial/messaging-kafka';
import type { History } from '../platform/history';
import type { PlatformUnderTest } from '../platform/platform.under.test';

/** A platform that runs, and what was read of it so far. */
export interface Stage {
  readonly platform: PlatformUnderTest;
  readonly history: History;
  readonly kafka: KafkaConfig;
}
