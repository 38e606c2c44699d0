import type { Deployment, Rollout } from './deployment';
import type { DeploymentEvent } from './deployment.events';
import { type Finding, judge } from './guardrails';
import { countsOf, labelsOf, type Observation } from './observation';
import { trafficAt } from './rollout.traffic';
import type { Traffic } from './traffic';

/** What the guardrails say of the arms under the traffic that is routed now. */
export function findingsOf(
  { plan }: Rollout,
  { sequence, experimentId, arms }: Traffic,
  observations: readonly Observation[],
): Finding[] {
  const { guardrails, names } = plan;
  if (!guardrails || arms.length < 2) return [];
  const observed = (arm: string) => ({
    ...countsOf(observations, sequence, arm),
    labels: labelsOf(observations, experimentId, arm),
  });
  return judge(guardrails, observed(names.stable), observed(names.candidate));
}

/** The step after this one once it has lasted and was seen enough; none while not, or where somebody has to decide. */
export function nextStep(
  state: Deployment,
  rollout: Rollout,
  observations: readonly Observation[],
  findings: readonly Finding[],
  now: number,
): DeploymentEvent[] {
  const { traffic, step } = state;
  const { plan, correlationId } = rollout;
  const until = plan.steps[step]?.until;
  if (!traffic || !until) return [];
  const seconds = (now - traffic.changedAt) / 1000;
  const { rows } = countsOf(observations, traffic.sequence, plan.names.candidate);
  if (seconds < until.seconds || rows < until.minimumPredictions) return [];
  const { weight = 0 } = traffic.arms.find(({ name }) => name === plan.names.candidate) ?? {};
  // Somebody may have given it more by hand meanwhile.
  const later = plan.steps.findIndex((each, index) => index > step && each.weight > weight);
  const to = later < 0 ? plan.steps.length : later;
  const text = `${rows} predictions in ${Math.round(seconds)} s at ${weight} %`;
  const measured = { predictions: rows, seconds, weight };
  return [
    {
      type: 'traffic-changed',
      traffic: trafficAt(state, rollout, to, now),
      step: to,
      by: `policy:${plan.strategy}`,
      reason: `step ${step + 1} of ${plan.steps.length} is done: ${text}`,
      findings: [{ rule: 'step-done', breached: false, text, measured }, ...findings],
      correlationId,
    },
  ];
}
