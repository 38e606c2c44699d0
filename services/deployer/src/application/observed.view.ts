import { f1Of, percentileMs } from '../domain/arm.statistics';
import type { Deployment } from '../domain/deployment';
import { countsOf, labelled, labelsOf, type Observation, shadowCountsOf } from '../domain/observation';
import { findingsOf } from '../domain/rollout.progress';

/** What was counted of each arm under the traffic that is routed now; labels since the experiment began. */
export function observedView({ rollout, traffic }: Deployment, observations: readonly Observation[]) {
  if (!traffic || !rollout) return null;
  const { sequence, experimentId } = traffic;
  return {
    arms: traffic.arms.map(({ name }) => {
      const { requests, errors, rows, latency } = countsOf(observations, sequence, name);
      const labels = labelsOf(observations, experimentId, name);
      const p50Ms = percentileMs(latency, 0.5);
      const p99Ms = percentileMs(latency, 0.99);
      return { name, requests, errors, rows, p50Ms, p99Ms, labels: labelled(labels), f1: f1Of(labels) };
    }),
    shadows: traffic.shadows.map(({ version }) => {
      const { scores: _, distance, ...counts } = shadowCountsOf(observations, sequence, version);
      return { ...counts, meanDistance: counts.compared === 0 ? null : distance / counts.compared };
    }),
    findings: findingsOf(rollout, traffic, observations),
  };
}
