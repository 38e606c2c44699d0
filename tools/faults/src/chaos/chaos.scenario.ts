import type { Evidence } from '../evidence/evidence';
import type { Stage } from '../scenario/stage';
import type { StoryName } from '../story/story';
import type { Random } from './random';
import type { StageDefinition } from './stage.definition';

/** One run of a scenario. */
export interface ChaosRun<P = unknown> {
  readonly seed: number;
  readonly plan: P;
  readonly stage: Stage;
  /** Pipeline, and dataset, of this run alone; more of them are NAME-2 and so on where `pipelines` asks for them. */
  readonly pipeline: string;
  /** One line into the log, with the time since the start of the run. */
  log(line: string): void;
}

export interface ChaosResult {
  /** Checked by the invariants. */
  readonly evidence: Evidence;
  /** The undisturbed outcome of this story must come out; absent where the scenario changes the outcome. */
  readonly story?: StoryName;
  /** What the scenario itself found wrong: one line each, with what was expected. */
  readonly problems: readonly string[];
  /** Rules that must not hold here, such as `no dead letters` where poison was pushed; each is said in the log. */
  readonly exceptions?: readonly string[];
}

export interface ChaosScenario<P = unknown> {
  /** [a-z-], short: pipelines are called after it. */
  readonly name: string;
  /** One sentence for the log. */
  readonly describes: string;
  /** So many of 30 consecutive seeds are of this kind. */
  readonly weight: number;
  readonly stage: StageDefinition;
  /** Who may be on the stage at the same time: anybody else who says so, runs of the same kind only, or nobody. */
  readonly company: 'shared' | 'kind' | 'alone';
  /** pipeline.yaml of each pipeline of a run; the valves under the run's name unless given. */
  pipelines?(pipeline: string): Readonly<Record<string, string>>;
  /** Every choice of the run, as JSON: moments, victims, durations. Pure. */
  plan(random: Random): P;
  /** Rejects only when it could not be carried out; what went wrong in the platform is in the result. */
  run(run: ChaosRun<P>): Promise<ChaosResult>;
}

/** Keeps a scenario's own type of plan to itself. */
export const scenario = <P>(definition: ChaosScenario<P>): ChaosScenario => definition as unknown as ChaosScenario;
