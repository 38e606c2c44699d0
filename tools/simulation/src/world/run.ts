import { checkHistory, describeViolations } from '@perennial/integrity';
import type { Logger } from '@perennial/messaging';
import { historyOf } from '../check/history';
import { redirectDriverTime } from '../database';
import type { Fault } from '../faults/fault';
import { Scheduler } from '../scheduler/scheduler';
import { installVirtualGlobals } from '../scheduler/virtual.globals';
import { Installation } from './installation';
import type { Defects } from './service.life';
import { unsettled } from './settlement';
import { FAULTY_MS, replicasOf, type Scenario } from './scenario';
import { storyOf } from './story';

export interface RunOptions {
  defects?: Defects;
  /** Lines of the trace to keep. */
  keepTrace?: number;
  /** Told what each process logs. */
  log?: (process: string, at: number, level: string, fields: object, message: string) => void;
}

export interface RunResult {
  scenario: Scenario;
  /** SHA-256 over everything that happened: equal for equal scenarios. */
  digest: string;
  steps: number;
  /** Virtual milliseconds until everything was at rest. */
  elapsedMs: number;
  /** Names of broken guarantees; `liveness` when not everything came to rest. */
  violated: string[];
  /** Each violation with the history around it. */
  report: string;
  trace: readonly string[];
}

/** An installation that has healed for so long and is not at rest never will be. */
const SETTLING_MS = 30 * 60_000;
/** Nor will one whose open ends have stayed the same for longer than any of its pauses and deadlines. */
const STUCK_MS = 5 * 60_000;
const LOOK_MS = 2_000;
/** At rest is what has not moved for so long. */
const STILL_MS = 4_000;
const startAt = Date.parse('2026-03-02T06:00:00Z');
const DAY_MS = 10_000;

/** Runs a scenario to its end and checks what happened. Replaces globals of this thread meanwhile: one run at a time. */
export async function runScenario(scenario: Scenario, options: RunOptions = {}): Promise<RunResult> {
  const { seed, size, pace, faults } = scenario;
  const story = storyOf(seed, size);
  const installed: { installation?: Installation } = {};
  const scheduler = new Scheduler({
    ...{ seed, faults, startAt, keepTrace: options.keepTrace },
    onCrash: (process, downMs) => installed.installation?.comeBack(process, downMs),
  });
  const restore = [installVirtualGlobals(scheduler), redirectDriverTime()];
  const { fetch } = globalThis;
  try {
    const installation = new Installation({
      ...{ scheduler, seed, story, pace, replicas: replicasOf(seed), dayMs: DAY_MS },
      defects: options.defects ?? {},
      logger: options.log && ((process) => loggerOf(process, scheduler, options.log!)),
    });
    installed.installation = installation;
    globalThis.fetch = installation.sink.fetch as never;
    installation.start();
    schedule(faults, scheduler, installation);
    await scheduler.run(() => scheduler.elapsed() > FAULTY_MS, FAULTY_MS + LOOK_MS);
    scheduler.heal();
    installation.sink.healthy = true;
    const missing = await settle(scheduler, () => unsettled(installation, story));
    const history = await historyOf(installation, story, missing.length === 0);
    const report = checkHistory(history);
    const violated = report.results.filter(({ finding }) => finding.outcome === 'violated').map(({ name }) => name);
    const text = describeViolations(report, history);
    return {
      ...{ scenario, digest: scheduler.trace.digest(valuesOf(installation)), steps: scheduler.trace.steps },
      elapsedMs: scheduler.elapsed(),
      violated: missing.length === 0 ? violated : ['liveness', ...violated],
      report: [...missing, text].filter(Boolean).join('\n'),
      trace: scheduler.trace.last(),
    };
  } finally {
    globalThis.fetch = fetch;
    for (const undo of restore.reverse()) undo();
  }
}

const valuesOf = ({ broker }: Installation) => broker.appended.map(({ value }) => value ?? '');

/** Runs until everything has been at rest for a while; what is not, when the time is over. */
async function settle(scheduler: Scheduler, look: () => string[]): Promise<string[]> {
  let lookAt = 0;
  let stillSince = Infinity;
  let missing: string[] = ['nothing was looked at'];
  let changedAt = 0;
  const done = () => {
    const now = scheduler.elapsed();
    if (now < lookAt) return false;
    lookAt = now + LOOK_MS;
    const before = missing.join();
    missing = look();
    if (missing.join() !== before) changedAt = now;
    stillSince = missing.length === 0 ? Math.min(stillSince, now) : Infinity;
    return now - stillSince >= STILL_MS || now - changedAt >= STUCK_MS;
  };
  await scheduler.run(done, FAULTY_MS + SETTLING_MS);
  return missing;
}

function schedule(faults: readonly Fault[], scheduler: Scheduler, installation: Installation): void {
  const { broker } = installation;
  for (const fault of faults) {
    switch (fault.kind) {
      case 'kill':
        scheduler.outside(fault.at, () => {
          if (scheduler.isAlive(fault.process)) installation.stopService(fault.process, fault.downMs);
        });
        break;
      case 'pause':
        scheduler.outside(fault.at, () => scheduler.pause(fault.process, fault.ms));
        break;
      case 'rebalance':
        scheduler.outside(fault.at, () => broker.groupIds().forEach((id) => broker.group(id).rebalance()));
        break;
      case 'rewind':
        scheduler.outside(fault.at, () => broker.group(fault.group).rewind(fault.records));
        break;
      case 'restart':
        scheduler.outside(fault.at, () => installation.database.restart());
        break;
    }
  }
}

function loggerOf(process: string, scheduler: Scheduler, log: NonNullable<RunOptions['log']>): Logger {
  const at = (level: string) => (fields: object, message: string) =>
    log(process, scheduler.elapsed(), level, fields, message);
  return { debug: at('debug'), info: at('info'), warn: at('warn'), error: at('error') };
}
