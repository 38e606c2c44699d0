import { codeOf } from '@perennial/messaging';
import { RecentEntries } from '../domain/recent.entries';
import type { EntityFeatures } from '../domain/row.enrichment';
import { featuresUnavailable } from './features.unavailable';
import type { LookupMetrics } from './ports';

export type EntityKey = readonly unknown[];

/** Asks a source for entities, in their order. Throws FEATURES_UNAVAILABLE and FEATURES_REFUSED. */
export type ReadFeatures = (keys: readonly EntityKey[]) => Promise<readonly EntityFeatures[]>;

export interface FeatureLookupsParts {
  pipeline: string;
  read: ReadFeatures;
  cache: { seconds: number; entries: number };
  metrics: LookupMetrics;
  /** Milliseconds; only differences count. */
  now(): number;
}

interface Kept {
  features: EntityFeatures;
  readAt: number;
}

interface Round {
  keys: Map<string, EntityKey>;
  answers: Promise<ReadonlyMap<string, EntityFeatures>>;
}

/** Of one request to the source. */
const MOST_KEYS = 1_000;
/** After the source was away, before it is asked again; meanwhile nobody waits for it. */
const PAUSE_MS = 1_000;

/**
 * Looks features up: what is asked for in one turn of the event loop goes as one request, each entity once, and answers are
 * kept for a while. What was kept for longer still answers while the source is away.
 */
export class FeatureLookups {
  private readonly kept: RecentEntries<Kept>;
  private readonly asked = new Map<string, Promise<EntityFeatures>>();
  private round: Round | null = null;
  private pausedUntil = -Infinity;

  constructor(private readonly parts: FeatureLookupsParts) {
    this.kept = new RecentEntries(parts.cache.entries);
  }

  async of(key: EntityKey): Promise<EntityFeatures> {
    const { pipeline, cache, metrics, now } = this.parts;
    const id = JSON.stringify(key);
    const kept = this.kept.get(id);
    if (kept && now() - kept.readAt < cache.seconds * 1000) {
      metrics.lookedUp(pipeline, 'cached');
      return kept.features;
    }
    try {
      const features = await (this.asked.get(id) ?? this.ask(id, key));
      metrics.lookedUp(pipeline, 'read');
      return features;
    } catch (error) {
      if (kept && codeOf(error) === 'FEATURES_UNAVAILABLE') {
        metrics.lookedUp(pipeline, 'kept');
        return kept.features;
      }
      metrics.lookedUp(pipeline, 'failed');
      throw error;
    }
  }

  private ask(id: string, key: EntityKey): Promise<EntityFeatures> {
    const round = (this.round ??= this.begin());
    round.keys.set(id, key);
    const answer = round.answers.then((answers) => answers.get(id) as EntityFeatures);
    this.asked.set(id, answer);
    const forget = () => this.asked.delete(id);
    answer.then(forget, forget);
    return answer;
  }

  /** Takes keys until this turn of the event loop ends. */
  private begin(): Round {
    const keys = new Map<string, EntityKey>();
    const answers = new Promise<void>((resolve) => setImmediate(resolve)).then(() => {
      this.round = null;
      return this.readAll(keys);
    });
    return { keys, answers };
  }

  private async readAll(keys: ReadonlyMap<string, EntityKey>): Promise<ReadonlyMap<string, EntityFeatures>> {
    const { pipeline, read, metrics, now } = this.parts;
    const startedAt = now();
    if (startedAt < this.pausedUntil) throw featuresUnavailable('it did not answer a moment ago');
    const entries = [...keys];
    const chunks = Array.from({ length: Math.ceil(entries.length / MOST_KEYS) }, (_, index) =>
      entries.slice(index * MOST_KEYS, (index + 1) * MOST_KEYS),
    );
    try {
      const answers = (await Promise.all(chunks.map((chunk) => read(chunk.map(([, key]) => key))))).flat();
      const readAt = now();
      metrics.asked(pipeline, entries.length, (readAt - startedAt) / 1000);
      const found = new Map(entries.map(([id], index) => [id, answers[index] as EntityFeatures]));
      for (const [id, features] of found) this.kept.set(id, { features, readAt });
      return found;
    } catch (error) {
      if (codeOf(error) === 'FEATURES_UNAVAILABLE') this.pausedUntil = now() + PAUSE_MS;
      throw error;
    }
  }
}
