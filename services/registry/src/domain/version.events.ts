import type { Registration } from './model.version';

interface Fact<T extends string, D> {
  type: T;
  /** UTC instant. */
  at: string;
  by: string;
  data: D;
}

export type VersionEvent =
  | Fact<'version-registered', Registration>
  | Fact<'approval-requested', { approvers: string[] }>
  | Fact<'version-approved', { comment: string | null }>
  | Fact<'version-rejected', { reason: string }>
  /** Every replica serves it. */
  | Fact<'version-released', { sequence: number; reason: string }>
  /** It waited for its rollout, and a newer version took its place. */
  | Fact<'version-superseded', { reason: string }>
  /** Another version serves in its place. */
  | Fact<'version-archived', { sequence: number; reason: string }>
  | Fact<'rollout-failed', { sequence: number; reason: string }>;
