import type { Observation } from './platform.observation';

const score = (value: number | null): string => (value === null ? 'undefined' : value.toFixed(3));
const rows = (count: number): string => count.toLocaleString('en-US');

const days = (count: number): string => (count === 1 ? '1 day' : `${count} days`);

const strategies = {
  'fine-tune': 'fine-tune the serving model',
  'fine-tune-search': 'fine-tune with a small search on a longer window',
  train: 'train anew',
} as const;

type Judged = Extract<Observation, { kind: 'modelJudged' }>['data'];

function judged({ role, attempt, metrics, verdict, holdoutRows }: Judged): string {
  const who = role === 'incumbent' ? 'serving model' : `candidate ${attempt}`;
  const { value, low, high } = metrics.f1;
  const sign = verdict.passed ? '≥' : '<';
  const interval = low === null || high === null ? '' : ` [${score(low)}, ${score(high)}]`;
  return `${who}: F1 ${score(value)}${interval} ${sign} ${verdict.threshold} on ${rows(holdoutRows)} held-out rows`;
}

/** One line that a person reads; undefined for what only moves the progress line. */
export function narrate({ kind, data }: Observation): string | undefined {
  switch (kind) {
    case 'batchClosed':
      return `day closed by ${data.closedBy}: ${rows(data.rows.accepted)} rows, ${data.rows.quarantined} quarantined`;
    case 'batchPrepared':
      return `data quality ${data.quality.verdict}; encoded`;
    case 'modelJudged':
      return judged(data);
    case 'retrainingRequested':
      return `attempt ${data.attempt} of ${data.maxAttempts}: ${strategies[data.strategy]}, ${days(data.batches.length)} of data`;
    case 'runCompleted':
      return `attempt ${data.attempt}: training finished`;
    case 'runFailed':
      return `attempt ${data.attempt}: training failed: ${data.message}`;
    case 'modelKept':
      return `the serving model passes: ${data.version} is kept`;
    case 'modelPromoted':
      return `candidate ${data.attempt} passes and is better: promoted`;
    case 'attemptsExhausted':
      return `no attempt gave a model that passes: a person is needed`;
    case 'cycleSkipped':
      return `no verdict: ${data.reason}: ${data.details.join('; ')}`;
    case 'versionRegistered':
      return `registered as ${data.version}${data.finetunedFrom ? `, fine-tuned from ${data.finetunedFrom}` : ''}`;
    case 'versionApproved':
      return `${data.version} approved`;
    case 'rolloutCompleted':
      return `${data.version} serves`;
    case 'rolloutFailed':
      return `rollout of ${data.version} failed: ${data.reason}`;
    case 'alertRaised':
      return `alert raised (${data.severity}): ${data.kind}`;
    case 'alertResolved':
      return `alert resolved: ${data.summary}`;
    default:
      return undefined;
  }
}

/** What is under way, for the progress line. */
export function activityOf({ kind, data }: Observation): string | undefined {
  switch (kind) {
    case 'batchClosed':
      return 'preparing the day';
    case 'batchPrepared':
      return 'writing the feature view';
    case 'cycleStarted':
      return 'judging the serving model';
    case 'retrainingRequested':
      return `attempt ${data.attempt}: waiting for the trainer`;
    case 'runProgressed': {
      const share = data.steps === 0 ? 0 : data.step / data.steps;
      const filled = Math.round(share * 20);
      const trial = data.trials > 1 ? `, trial ${data.trial} of ${data.trials}` : '';
      const bar = '█'.repeat(filled) + '░'.repeat(20 - filled);
      return `attempt ${data.attempt}${trial} ${bar} ${Math.floor(share * 100)} %, ${rows(Math.round(data.rowsPerSecond))} rows/s`;
    }
    case 'runCompleted':
      return 'judging the candidate';
    case 'modelPromoted':
      return 'registering the version';
    case 'versionApproved':
    case 'rolloutStarted':
      return `rolling out ${data.version}`;
    case 'attemptsExhausted':
      return 'paging on-call';
    default:
      return undefined;
  }
}
