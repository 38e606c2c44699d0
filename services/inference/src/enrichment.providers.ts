import type { Provider } from '@nestjs/common';
import type { Clock } from '@perennial/messaging';
import { lookedUpFeatures, type Pipeline } from '@perennial/pipeline';
import { CLOCK, METRICS, PEER_HEADERS, type PeerHeaders, PIPELINES, SERVICE_CONFIG } from '@perennial/service';
import type { Registry } from 'prom-client';
import { EnrichRows, type PipelineEnrichment } from './application/enrich.rows';
import { FeatureLookups } from './application/feature.lookups';
import type { LookupMetrics } from './application/ports';
import type { InferenceConfig } from './inference.config';
import { LOOKUP_METRICS } from './inference.tokens';
import { PrometheusLookupMetrics } from './infrastructure/prometheus.lookup.metrics';

/** Where the features of a pipeline come from, and who asks. The service's own key goes to its own peers only. */
function sourceOf(source: 'feature-store' | 'feast', config: InferenceConfig, peerHeaders: PeerHeaders) {
  if (source === 'feature-store') return { url: config.FEATURE_STORE_URL, headers: peerHeaders };
  const { FEAST_URL: url, FEAST_TOKEN: token } = config;
  if (url === undefined) throw new MissingFeastUrl();
  return { url, headers: (): Record<string, string> => (token ? { authorization: `Bearer ${token}` } : {}) };
}

class MissingFeastUrl extends Error {
  readonly code = 'INVALID_CONFIGURATION';
  readonly retryable = false;

  constructor() {
    super('FEAST_URL must be set: a pipeline names feast as the source of its features');
  }
}

function enrichmentOf(
  pipeline: Pipeline,
  config: InferenceConfig,
  headers: PeerHeaders,
  metrics: LookupMetrics,
): PipelineEnrichment | null {
  const { enrichment } = pipeline.serving;
  const features = lookedUpFeatures(pipeline);
  if (!enrichment || !features) return null;
  const { entities, timeoutMs, cache, unavailable, maxAgeSeconds, missing, stale, defaults } = enrichment;
  // Its HTTP client takes megabytes and a tenth of a second: only who needs it loads it.
  // eslint-disable-next-line @typescript-eslint/no-require-imports
  const { FeastClient } = require('./infrastructure/feast.client') as typeof import('./infrastructure/feast.client');
  const client = new FeastClient({ ...sourceOf(enrichment.source, config, headers), entities, features, timeoutMs });
  return {
    policy: { entities, columns: [...features.names.keys()], maxAgeSeconds, missing, stale, defaults },
    unavailable,
    lookups: new FeatureLookups({
      pipeline: pipeline.name,
      read: (keys) => client.read(keys),
      cache,
      metrics,
      now: () => performance.now(),
    }),
  };
}

export const enrichmentProviders: Provider[] = [
  {
    provide: LOOKUP_METRICS,
    inject: [METRICS],
    useFactory: (registry: Registry) => new PrometheusLookupMetrics(registry),
  },
  {
    provide: EnrichRows,
    inject: [PIPELINES, SERVICE_CONFIG, PEER_HEADERS, LOOKUP_METRICS, CLOCK],
    useFactory: (
      pipelines: ReadonlyMap<string, Pipeline>,
      config: InferenceConfig,
      headers: PeerHeaders,
      metrics: LookupMetrics,
      clock: Clock,
    ) => {
      const found = [...pipelines].flatMap(([name, pipeline]) => {
        const enrichment = enrichmentOf(pipeline, config, headers, metrics);
        return enrichment ? [[name, enrichment] as const] : [];
      });
      return new EnrichRows(new Map(found), metrics, () => clock.now().getTime());
    },
  },
];
