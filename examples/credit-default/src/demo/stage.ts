import { rm } from 'node:fs/promises';
import { creditTable, tableFile } from '../data/credit.table';
import { creditSource } from '../data/credit.source';
import { pipelineFile } from '../data/credit.pipeline';
import type { DaySizes } from '../days/day.plan';
import { AlertSink } from './alert.sink';
import { Predictor, Producer } from './cast';
import { demoEnvironment } from './demo.environment';
import { followPlatform } from './followed.platform';
import type { Observation } from './platform.observation';
import type { PlatformAddresses, PlatformControl } from './platform.control';
import type { Screen } from './screen';

export interface StageOptions {
  /** The demo's own folder; emptied first. */
  readonly home: string;
  readonly artifacts: string;
  readonly environment: NodeJS.ProcessEnv;
  readonly platform: PlatformControl;
  readonly sizes: DaySizes;
  readonly signal: AbortSignal;
}

/** Everything that the demo starts, so that all of it is stopped whatever happens. */
export class Stage {
  private readonly open: (() => Promise<unknown>)[] = [];
  private addresses: PlatformAddresses | undefined;
  private table = '';

  constructor(
    private readonly options: StageOptions,
    private readonly screen: Screen,
  ) {}

  /** An alert sink and a fresh platform that sends its alerts there. */
  async start(onAlert: () => void): Promise<AlertSink> {
    const { home, artifacts, environment, platform, signal } = this.options;
    await platform.stop(home); // of a demo that was killed
    await rm(home, { recursive: true, force: true });
    const sink = await AlertSink.start(onAlert);
    this.open.push(() => sink.stop());
    const onProgress = (line: string) => this.screen.event(line);
    // Registered first: a start that is interrupted may have come half-way.
    this.open.push(() => platform.stop(home));
    this.addresses = await platform.start({
      home,
      artifacts,
      pipelines: [pipelineFile],
      environment: demoEnvironment(environment, sink.environment),
      onProgress,
      signal,
    });
    await creditTable({ artifacts, onProgress, signal });
    this.table = tableFile(artifacts);
    onProgress(creditSource.attribution);
    return sink;
  }

  async follow(onObservation: (observation: Observation) => void): Promise<void> {
    const onUnreadable = (error: unknown) => this.screen.event(`an event could not be read: ${String(error)}`);
    const follower = await followPlatform(this.address().kafka, onObservation, onUnreadable);
    this.open.push(() => follower.stop());
  }

  producer(): Producer {
    const producer = new Producer(this.table, this.address().kafka, this.options.sizes);
    this.open.push(() => producer.stop());
    return producer;
  }

  predictor(onReport: () => void): Predictor {
    const predictor = new Predictor(this.table, this.address().inference.http, onReport);
    this.open.push(() => predictor.stop());
    return predictor;
  }

  /** The last one started first; one that cannot be stopped does not keep the others. */
  async stop(): Promise<void> {
    const failures: unknown[] = [];
    for (const close of this.open.splice(0).reverse()) await close().catch((error: unknown) => failures.push(error));
    if (failures.length > 0)
      throw new AggregateError(failures, `not everything could be stopped: ${failures.join('; ')}`);
  }

  private address(): PlatformAddresses {
    if (!this.addresses) throw new Error('the platform was not started');
    return this.addresses;
  }
}
