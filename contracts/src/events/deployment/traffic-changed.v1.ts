import { z } from 'zod';
import { defineEvent } from '../../define';
import { topics } from '../../topics';
import { modelReference, name } from '../fields';
import { byPipeline } from './rollout-fields';

/** Buckets into which the keys of requests are hashed; a range of them is one hundredth of a percent per bucket. */
export const TRAFFIC_BUCKETS = 10_000;

const bucket = z.int().min(0).max(TRAFFIC_BUCKETS);

/** What led to an automatic step, or back: the rule that decided, and what was measured. */
const finding = z.object({
  rule: z.enum(['error-share', 'latency-p99', 'score-distance', 'live-f1', 'step-done']),
  breached: z.boolean(),
  text: z.string(),
  measured: z.record(z.string(), z.number().nullable()),
});

/** What every replica of the pipeline shall route from now on, whole: it replaces what was said before. */
export const trafficChangedV1 = defineEvent({
  subsystem: 'deployment',
  name: 'traffic-changed',
  version: 1,
  title: 'Traffic changed',
  topic: topics.rollouts,
  schema: z.object({
    pipeline: name,
    /** Grows by one with every change of the pipeline's traffic: the higher one wins. */
    sequence: z.int().min(1),
    /** The rollout that the traffic belongs to. */
    rolloutId: z.string().min(1),
    cycleId: z.string().nullable(),
    /** Salt of the hash that maps keys to buckets; the same while only weights change. */
    experimentId: z.string().min(1),
    /** The first is the primary: what a client sees that asks for no arm. The buckets of all arms are all buckets. */
    arms: z
      .array(
        z.object({
          name,
          version: z.string(),
          model: modelReference,
          /** Percent of the keys. */
          weight: z.number().min(0).max(100),
          buckets: z.array(z.object({ from: bucket, /** Not among them. */ to: bucket })),
        }),
      )
      .min(1),
    /** Are sent a copy of what was answered; never answer. */
    shadows: z.array(z.object({ version: z.string(), model: modelReference })),
    changedBy: z.string(),
    reason: z.string(),
    findings: z.array(finding),
  }),
  key: byPipeline,
});
