import { flipPipeline } from './flip.day';
import { FlipPlatform, REFERENCE_DAY, textAt } from './flip.platform';
import { median } from './percentiles';

export interface FairnessOptions {
  readonly pipelines: number;
  readonly rows: number;
  readonly concurrency: number;
  readonly environment: NodeJS.ProcessEnv;
  readonly onProgress: (line: string) => void;
}

export interface FairnessResult {
  readonly pipelines: number;
  readonly concurrency: number;
  readonly rows: number;
  readonly finished: number;
  readonly outcomes: Readonly<Record<string, number>>;
  readonly seconds: number;
  /** From when a run was queued until it was taken up. */
  readonly waitSeconds: { readonly median: number; readonly max: number };
  readonly longestRunSeconds: number;
  /** Of each wait, over the runs taken up meanwhile (one more for what was under way) times the longest run. */
  readonly worstShare: number;
  /** The most turns that one pipeline took while another one waited. */
  readonly mostTurns: number;
  readonly mostAtOnce: number;
}

interface Run {
  pipeline: string;
  state: string;
  queuedAt: string;
  claimedAt: string;
  finishedAt: string;
}

const LIMIT_MS = 1_800_000;
const seconds = (from: string, to: string): number => (Date.parse(to) - Date.parse(from)) / 1_000;
const rounded = (value: number): number => Math.round(value * 100) / 100;

/** Many pipelines whose first day closes at the same moment: each trains one model, with few trainers. */
export async function measureFairness(options: FairnessOptions): Promise<FairnessResult> {
  const { pipelines: count, rows, concurrency, environment, onProgress } = options;
  const names = Array.from({ length: count }, (_, index) => `flip-${String(index + 1).padStart(2, '0')}`);
  // Judged by a threshold that every model reaches: what is measured is who waits for whom.
  const pipelines = Object.fromEntries(
    names.map((name) => [name, flipPipeline({ name, referenceDay: REFERENCE_DAY, threshold: 0.01 })]),
  );
  const flip = await FlipPlatform.start(pipelines, { ...environment, TRAINER_CONCURRENCY: String(concurrency) });
  try {
    const day = { day: REFERENCE_DAY, rows, flipped: false };
    for (const name of names) await flip.producer.push(name, day);
    onProgress(`${count} days of ${rows} rows are there`);
    const startedAt = Date.now();
    await Promise.all(names.map((name) => flip.producer.close(name, day)));
    const ends = await Promise.all(names.map((name) => flip.ended(name, day.day, LIMIT_MS)));
    await Promise.all(names.map((name) => flip.rolledOut(name, day.day, LIMIT_MS)));
    const elapsed = (Date.now() - startedAt) / 1_000;
    const { runs } = JSON.parse(await textAt(`${flip.urlOf('trainer')}/api/v1/runs?limit=1000`)) as { runs: Run[] };
    const outcomes: Record<string, number> = {};
    for (const { name } of ends) outcomes[name] = (outcomes[name] ?? 0) + 1;
    return { pipelines: count, concurrency, rows, finished: ends.length, outcomes, seconds: elapsed, ...turnsOf(runs) };
  } finally {
    await flip.stop();
  }
}

function turnsOf(runs: readonly Run[]) {
  const waits = runs.map(({ queuedAt, claimedAt }) => seconds(queuedAt, claimedAt));
  const longest = Math.max(...runs.map(({ claimedAt, finishedAt }) => seconds(claimedAt, finishedAt)));
  const meanwhile = (run: Run) =>
    runs.filter((other) => other !== run && other.claimedAt > run.queuedAt && other.claimedAt <= run.claimedAt);
  const turns = runs.flatMap((run) => {
    const counts = new Map<string, number>();
    for (const { pipeline } of meanwhile(run)) counts.set(pipeline, (counts.get(pipeline) ?? 0) + 1);
    return [...counts.values()];
  });
  const share = (run: Run) => seconds(run.queuedAt, run.claimedAt) / ((meanwhile(run).length + 1) * longest);
  const atOnce = runs.map(
    (run) => runs.filter((other) => other.claimedAt <= run.claimedAt && other.finishedAt > run.claimedAt).length,
  );
  return {
    waitSeconds: { median: rounded(median(waits)), max: rounded(Math.max(...waits)) },
    longestRunSeconds: rounded(longest),
    worstShare: rounded(Math.max(...runs.map(share))),
    mostTurns: Math.max(0, ...turns),
    mostAtOnce: Math.max(...atOnce),
  };
}
