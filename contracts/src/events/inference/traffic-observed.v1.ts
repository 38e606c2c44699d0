import { z } from 'zod';
import { defineEvent } from '../../define';
import { topics } from '../../topics';
import { count, instant, name } from '../fields';

/** Upper bounds of the latency histogram in milliseconds, 0.1 ms to about 9 s in steps of a quarter; one bin more above. */
export const LATENCY_BOUNDS_MS: readonly number[] = Array.from({ length: 52 }, (_, step) =>
  Number((0.1 * 1.25 ** step).toPrecision(3)),
);

/** Equal parts of the probabilities from 0 to 1. */
export const SCORE_BINS = 20;

const scores = z.array(count).length(SCORE_BINS);

/**
 * What a replica counted since it routes this traffic. Counters only grow, so the newest report of a replica stands for
 * all before it: one that is lost, repeated or late changes nothing.
 */
export const trafficObservedV1 = defineEvent({
  subsystem: 'inference',
  name: 'traffic-observed',
  version: 1,
  title: 'Traffic observed',
  topic: topics.observations,
  schema: z.object({
    replicaId: z.string(),
    pipeline: name,
    rolloutId: z.string(),
    /** Of the traffic. */
    sequence: z.int().min(1),
    experimentId: z.string(),
    /** When the counters were zero; another instant is another life of the replica. */
    since: instant,
    at: instant,
    arms: z.array(
      z.object({
        name,
        version: z.string(),
        requests: count,
        /** Requests that were answered by an error, whatever its cause: arms get the same share of wrong requests. */
        errors: count,
        rows: count,
        latency: z.array(count).length(LATENCY_BOUNDS_MS.length + 1),
        scores,
      }),
    ),
    shadows: z.array(
      z.object({
        version: z.string(),
        /** Rows that both predicted. */
        compared: count,
        errors: count,
        /** Rows that were not mirrored because the queue was full. */
        dropped: count,
        /** Rows that fell into the other class. */
        disagreements: count,
        /** Sum of |probability − answered probability|. */
        distance: z.number().min(0),
        scores,
      }),
    ),
    /** Of the experiment so far, counted over all replicas by whoever reports: not to be summed. */
    labels: z.array(
      z.object({
        arm: name,
        truePositives: count,
        falsePositives: count,
        trueNegatives: count,
        falseNegatives: count,
      }),
    ),
  }),
  key: (data) => data.pipeline,
});
