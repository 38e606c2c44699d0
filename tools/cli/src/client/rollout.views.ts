import type { DeploymentView } from './platform.views';

export interface ArmView {
  name: string;
  version: string;
  weight: number;
}

export interface FindingView {
  rule: string;
  breached: boolean;
  text: string;
}

/** `observed` and `history` are told by the deployment itself, not by what a change answers. */
export interface RolloutView extends DeploymentView {
  strategy: string | null;
  step: { current: number; of: number } | null;
  traffic: { sequence: number; arms: ArmView[]; shadows: string[]; changedAt: string } | null;
  observed?: {
    arms: {
      name: string;
      requests: number;
      errors: number;
      p50Ms: number | null;
      p99Ms: number | null;
      labels: number;
      f1: number | null;
    }[];
    shadows: {
      version: string;
      compared: number;
      errors: number;
      dropped: number;
      disagreements: number;
      meanDistance: number | null;
    }[];
    findings: FindingView[];
  } | null;
  history?: { at: string; type: string; by?: string; reason?: string; version?: string; arms?: ArmView[] }[];
}
