import { modelJudgedV1, runCompletedV1, runStartedV1, viewUpdatedV1 } from '@perennial/contracts';
import { type Arrival, EventArrivals } from './event.arrival';
import { ofDay, push } from './ingestion.load';
import { PlatformProcess } from './platform.process';
import { ProcessWatch, type Usage } from './process.watch';
import { widePipeline } from './wide.day';

export interface ImprovementLoadOptions {
  readonly rows: number;
  readonly limitMs: number;
  readonly environment: NodeJS.ProcessEnv;
  readonly onProgress: (line: string) => void;
}

/** Seconds are counted from when the day lay in its view. */
export interface ImprovementLoadResult {
  readonly rows: number;
  readonly trainRows: unknown;
  readonly holdoutRows: unknown;
  readonly startedSeconds: number;
  readonly trainedSeconds: number;
  readonly judgedSeconds: number;
  /** From the first record on; a service with the processes that it started. */
  readonly usage: readonly Usage[];
}

const DAY = '2026-03-01';
const PER_MESSAGE = 500;

const ofCycle =
  (type: string) =>
  (arrival: Arrival): boolean =>
    arrival.type === type && String(arrival.data.cycleId).endsWith(`/${DAY}`);

/** A large day is the reference: a model is trained on it from the start, and judged on its holdout rows. */
export async function measureImprovement(options: ImprovementLoadOptions): Promise<ImprovementLoadResult> {
  const { rows, limitMs, environment, onProgress } = options;
  const platform = await PlatformProcess.start({ wide: widePipeline(DAY) }, environment);
  const arrivals = new EventArrivals();
  try {
    onProgress(`the platform is up under ${platform.home}`);
    await arrivals.start(platform.kafka);
    const watch = new ProcessWatch(await platform.processes());
    await push(platform.kafka, DAY, rows, PER_MESSAGE);
    const view = await arrivals.first('the view', limitMs, ofDay(viewUpdatedV1.type, DAY));
    onProgress('the day is in its view');
    const seconds = (at: number) => (at - view.at) / 1_000;
    const stage = async (what: string, type: string) => {
      const arrival = await arrivals.first(what, limitMs, ofCycle(type));
      onProgress(`${what} after ${seconds(arrival.at)} s`);
      return arrival;
    };
    const started = await stage('training begun', runStartedV1.type);
    const trained = await stage('trained', runCompletedV1.type);
    const judged = await stage('judged', modelJudgedV1.type);
    return {
      rows,
      ...{ trainRows: trained.data.trainRows, holdoutRows: judged.data.holdoutRows },
      startedSeconds: seconds(started.at),
      trainedSeconds: seconds(trained.at),
      judgedSeconds: seconds(judged.at),
      usage: watch.stop(),
    };
  } finally {
    await arrivals.stop();
    await platform.stop();
  }
}
