import type { ServedRequests } from '../../application/ports';

const duration = (count: number, seconds: number) => ({ count, ns: Math.round(seconds * 1e9) });

/** What a version has answered since the start, in Triton's terms: an execution is a run, which requests may share. */
export function modelStatistics(name: string, version: string, served: ServedRequests) {
  const { requests, failures, rows, seconds, runs, queuedSeconds, computeSeconds, lastAt, cacheHits, cacheMisses } =
    served;
  const none = duration(0, 0);
  return {
    name,
    version,
    last_inference: lastAt,
    inference_count: rows,
    execution_count: runs,
    inference_stats: {
      success: duration(requests, seconds),
      fail: duration(failures, 0),
      queue: duration(requests, queuedSeconds),
      compute_input: none,
      compute_infer: duration(runs, computeSeconds),
      compute_output: none,
      cache_hit: duration(cacheHits.count, cacheHits.seconds),
      cache_miss: duration(cacheMisses.count, cacheMisses.seconds),
    },
    batch_stats: [],
  };
}
