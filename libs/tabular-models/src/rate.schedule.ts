export const SCHEDULES = ['constant', 'linear', 'cosine'] as const;

export interface ScheduleConfig {
  readonly learningRate: number;
  readonly schedule: (typeof SCHEDULES)[number];
  /** Share of the steps in which the rate rises to `learningRate`, in [0, 1). */
  readonly warmup: number;
}

/**
 * The rate of step 1 … `steps`. In warm-up it rises in equal parts; after it, with p from 0 at the first step to just
 * below 1 at the last, it is lr, lr·(1 − p) or lr·(1 + cos πp)/2 (Loshchilov & Hutter, arXiv 1608.03983).
 */
export function rateAt({ learningRate, schedule, warmup }: ScheduleConfig, step: number, steps: number): number {
  const rising = Math.floor(warmup * steps);
  if (step <= rising) return (learningRate * step) / rising;
  const progress = (step - 1 - rising) / (steps - rising);
  if (schedule === 'linear') return learningRate * (1 - progress);
  if (schedule === 'cosine') return (learningRate * (1 + Math.cos(Math.PI * progress))) / 2;
  return learningRate;
}
