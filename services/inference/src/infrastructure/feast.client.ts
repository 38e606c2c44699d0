import type { LookedUpFeatures } from '@perennial/pipeline';
import { type PeerHeaders, ServiceError } from '@perennial/service';
import { request } from 'undici';
import { z } from 'zod';
import type { EntityKey } from '../application/feature.lookups';
import { featuresUnavailable } from '../application/features.unavailable';
import type { EntityFeatures, FeatureValue } from '../domain/row.enrichment';

export interface FeastClientOptions {
  /** Without a path. */
  url: string;
  /** Names of the parts of a key, as the server calls them. */
  entities: readonly string[];
  features: LookedUpFeatures;
  timeoutMs: number;
  headers: PeerHeaders;
}

const STATUSES = ['PRESENT', 'NULL_VALUE', 'NOT_FOUND', 'OUTSIDE_MAX_AGE', 'INVALID'] as const;

const answerSchema = z.object({
  metadata: z.object({
    feature_names: z.array(z.string()),
    feature_view_metadata: z.array(z.object({ name: z.string(), version: z.number().default(0) })).default([]),
  }),
  results: z.array(
    z.object({
      values: z.array(z.unknown()),
      statuses: z.array(z.enum(STATUSES)),
      event_timestamps: z.array(z.string()).optional(),
    }),
  ),
});

type Answer = z.output<typeof answerSchema>;
type Result = Answer['results'][number];

const SHOWN = 500;

/** Online features over HTTP as Feast servers answer them, the feature store's own among them. */
export class FeastClient {
  private readonly url: string;

  constructor(private readonly options: FeastClientOptions) {
    this.url = `${options.url.replace(/\/+$/, '')}/get-online-features`;
  }

  /** In the order of the keys. Throws FEATURES_UNAVAILABLE, and FEATURES_REFUSED where asking again will not help. */
  async read(keys: readonly EntityKey[]): Promise<EntityFeatures[]> {
    const { entities, features } = this.options;
    const asked = features.asked;
    const body = {
      ...('service' in asked ? { feature_service: asked.service } : { features: asked.references }),
      entities: Object.fromEntries(entities.map((name, part) => [name, keys.map((key) => key[part])])),
      full_feature_names: 'references' in asked,
      include_feature_view_version_metadata: true,
    };
    return this.featuresOf(await this.post(JSON.stringify(body)), keys.length);
  }

  private async post(body: string): Promise<unknown> {
    const { timeoutMs, headers } = this.options;
    const signal = AbortSignal.timeout(timeoutMs);
    let status: number;
    let text: string;
    try {
      // Not by fetch: it refuses port 6566, which feature stores use.
      const response = await request(this.url, {
        method: 'POST',
        headers: { 'content-type': 'application/json', ...headers() },
        body,
        signal,
      });
      status = response.statusCode;
      text = await response.body.text();
    } catch (cause) {
      const reason = signal.aborted ? `no answer within ${timeoutMs} ms` : (cause as Error).message;
      throw featuresUnavailable(`${this.url}: ${reason}`, cause);
    }
    if (status === 200) return parsed(text) ?? this.refuse(200, text);
    // Feast answers 500 whatever went wrong.
    if (status === 429 || status >= 500)
      throw featuresUnavailable(`${this.url}: status ${status}: ${text.slice(0, SHOWN)}`);
    return this.refuse(status, text);
  }

  private featuresOf(body: unknown, rows: number): EntityFeatures[] {
    const { data } = answerSchema.safeParse(body);
    if (!data || !fits(data, rows)) return this.refuse(200, JSON.stringify(body));
    const columns = [...this.options.features.names].flatMap(([column, name]) => {
      const result = data.results[data.metadata.feature_names.indexOf(name)];
      return result ? [[column, result] as const] : [];
    });
    const views = data.metadata.feature_view_metadata.map(({ name, version }) => viewName(name, version));
    return Array.from({ length: rows }, (_, row) => ({ values: valuesAt(columns, row), views }));
  }

  private refuse(status: number, answer: string): never {
    const shown = answer.slice(0, SHOWN);
    const details = { url: this.url, status, answer: shown };
    throw new ServiceError('FEATURES_REFUSED', 503, `${this.url} answered ${status}: ${shown}`, details);
  }
}

/** Feast leaves the version out of views that have none. */
const viewName = (name: string, version: number): string => (version > 0 ? `${name}@v${version}` : name);

function parsed(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}

const fits = ({ metadata, results }: Answer, rows: number): boolean =>
  metadata.feature_names.length === results.length &&
  results.every(({ values, statuses, event_timestamps: times }) =>
    [values, statuses, times ?? values].every(({ length }) => length === rows),
  );

function valuesAt(columns: readonly (readonly [string, Result])[], row: number): Map<string, FeatureValue> {
  const values = new Map<string, FeatureValue>();
  for (const [column, { values: given, statuses, event_timestamps: times }] of columns) {
    const status = statuses[row];
    if (status === 'NOT_FOUND' || status === 'INVALID') continue;
    const value = given[row] ?? null;
    // JSON has no NaN, and Feast writes it as a text.
    values.set(column, {
      value: value === 'NaN' ? null : value,
      at: timeOf(times?.[row]),
      expired: status === 'OUTSIDE_MAX_AGE',
    });
  }
  return values;
}

/** The epoch stands for no time. */
function timeOf(text: string | undefined): number | null {
  const time = Date.parse(text ?? '');
  return time > 0 ? time : null;
}
