import { instant } from '@perennial/contracts';
import { parseRequest } from '@perennial/service';
import { z } from 'zod';
import type { Label } from '../application/ports';

const MAX_LABELS = 10_000;

const label = z.strictObject({
  prediction_id: z.string().min(1).max(200),
  label: z.union([z.literal(0), z.literal(1)]),
  at: instant.optional(),
});
const several = z.strictObject({ labels: z.array(label).min(1).max(MAX_LABELS) });

const isSeveral = (body: unknown): boolean => typeof body === 'object' && body !== null && 'labels' in body;

/** One label, or `{labels: […]}`. `now` stands for when it was known where nothing is said. Throws 400, see `parseRequest`. */
export function labelsOf(body: unknown, now: Date): Label[] {
  const parsed = isSeveral(body) ? parseRequest(several, body) : parseRequest(label, body);
  const told = 'labels' in parsed ? parsed.labels : [parsed];
  return told.map(({ prediction_id: predictionId, label: value, at = now.toISOString() }) => ({
    predictionId,
    label: value,
    at,
  }));
}
