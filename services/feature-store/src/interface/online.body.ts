import { ServiceError } from '@perennial/service';
import { z } from 'zod';
import type { OnlineRequest } from '../application/read.online';

const MAX_ROWS = 10_000;

/** What Feast's clients send beside it is not looked at. */
const schema = z.object({
  features: z.array(z.string().regex(/^[^:@]+:[^:]+$/, 'must be VIEW:FEATURE')).nullish(),
  feature_service: z.string().min(1).nullish(),
  entities: z.record(z.string(), z.array(z.unknown()).max(MAX_ROWS)),
  full_feature_names: z.boolean().default(false),
  include_feature_view_version_metadata: z.boolean().default(false),
});

/** Throws 400 that names the wrong field and the rule. */
export function onlineRequestOf(body: unknown): OnlineRequest {
  const parsed = schema.safeParse(body);
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    throw invalid(issue?.path.map(String).join('.') || 'body', issue?.message ?? '');
  }
  const { features, feature_service: service, entities } = parsed.data;
  const how = {
    fullNames: parsed.data.full_feature_names,
    versions: parsed.data.include_feature_view_version_metadata,
  };
  const [first, ...others] = Object.values(entities).map((values) => values.length);
  if (first === undefined) throw invalid('entities', 'must name at least one');
  if (others.some((rows) => rows !== first)) throw invalid('entities', 'must all have as many values');
  // Feast's own client sends an empty list beside a service.
  if (service && !features?.length) return { asked: { service }, entities, ...how };
  if (features?.length && !service) return { asked: { references: features }, entities, ...how };
  throw invalid('features', 'must be given, or a feature_service, and not both');
}

const invalid = (field: string, rule: string): ServiceError =>
  new ServiceError('INVALID_READ', 400, `${field}: ${rule}`, { field, rule });
