import type { ServedRequests } from '../../application/ports';

const duration = (count: number, seconds: number) => ({ count, ns: Math.round(seconds * 1e9) });

/**
 * What a version has answered since the start, in Triton's terms. Each request counts as one execution, though several
 * may share a run of the model; times within a request are not told apart.
 */
export function modelStatistics(name: string, version: string, served: ServedRequests) {
  const { requests, failures, rows, seconds, lastAt } = served;
  const none = duration(0, 0);
  return {
    name,
    version,
    last_inference: lastAt,
    inference_count: rows,
    execution_count: requests,
    inference_stats: {
      success: duration(requests, seconds),
      fail: duration(failures, 0),
      queue: none,
      compute_input: none,
      compute_infer: none,
      compute_output: none,
      cache_hit: none,
      cache_miss: none,
    },
    batch_stats: [],
  };
}
