import type { Candidate, Rollout } from './deployment';
import type { Finding } from './guardrails';
import type { Traffic } from './traffic';

/** What happened to a pipeline's deployment; each one is kept in `deployment_events`. */
export type DeploymentEvent =
  | { type: 'approval-queued'; candidate: Candidate }
  | {
      type: 'approval-skipped';
      version: string;
      supersededBy: string;
      cycleId: string | null;
      correlationId: string | null;
    }
  | { type: 'rollout-started'; rollout: Rollout; requestId?: string }
  | {
      type: 'traffic-changed';
      traffic: Traffic;
      step: number;
      by: string;
      reason: string;
      /** What was measured, where measurements decided. */
      findings: Finding[];
      correlationId: string | null;
      requestId?: string;
    }
  | { type: 'rollout-completed'; rollout: Rollout; replicas: string[] }
  | { type: 'rollout-failed'; rollout: Rollout; reason: string; replicas: string[]; restored: string | null };
