import { ServiceError } from '@perennial/service';
import type { Deployment } from '../domain/deployment';
import type { TrafficRefusal } from '../domain/traffic.decider';

const REFUSALS: Record<TrafficRefusal, { status: number; field: string; rule: string }> = {
  NOTHING_ROLLED_OUT: { status: 409, field: 'pipeline', rule: 'no version was rolled out yet' },
  NOTHING_UNDER_WAY: { status: 409, field: 'action', rule: 'no canary, experiment or shadow is under way' },
  ROLLOUT_UNDER_WAY: { status: 409, field: 'arms', rule: 'must wait for the end of the rollout that is under way' },
  UNKNOWN_ARM: { status: 404, field: 'arm', rule: 'must be one of the arms' },
  UNKNOWN_VERSION: { status: 404, field: 'version', rule: 'must be a version that has served, or that of the arm' },
  SERVING_VERSION_MISSING: { status: 409, field: 'arms', rule: 'must have an arm of the version that serves' },
  WEIGHTS_NOT_WHOLE: { status: 400, field: 'arms', rule: 'weights must be hundredths of a percent that make up 100' },
  VERSION_REPEATED: { status: 400, field: 'arms', rule: 'must name each version once' },
};

export function trafficRefusal(
  pipeline: string,
  code: TrafficRefusal,
  value: string | null,
  { traffic, releases }: Deployment,
): ServiceError {
  const { status, field, rule } = REFUSALS[code];
  const arms = traffic?.arms.map(({ name }) => name) ?? [];
  const known = releases.map(({ version }) => version);
  const subject = value === null ? pipeline : `${field} ${value}`;
  return new ServiceError(code, status, `${subject}: ${rule}`, { field, value, rule, arms, known });
}
