import type { SubmissionOutcome } from '../client/submission.wait';
import { countText, scoreText } from './figures';
import type { Style } from './style';
import { indented, pairs } from './table';

/** What became of a submitted model. */
export function submissionText(submission: SubmissionOutcome, style: Style): string {
  const { pipeline, name, state, version, versionState, refusal, inputs, decisionThreshold } = submission;
  const judged = refusal?.judgement;
  const metric = judged?.verdict.metric;
  const why = refusal && `${refusal.reason}: ${refusal.detail}`;
  const facts: (readonly [string, string | null])[] = [
    ['verdict', style(state === 'refused' ? 'bad' : 'good', state)],
    ['why', why],
    ['score', judged && metric ? `${metric} ${scoreText(judged.metrics[metric], { interval: true })}` : null],
    [
      'serving',
      judged?.incumbentMetrics && metric ? scoreText(judged.incumbentMetrics[metric], { interval: true }) : null,
    ],
    ['rows', judged ? `${countText(judged.holdoutRows)} held out of ${judged.day}` : null],
    ['version', version && `${version} (${versionState})`],
    ['columns', inputs.map((input) => input.name).join(', ')],
    ['threshold', String(decisionThreshold)],
  ];
  const given = facts.filter(([, value]) => value !== null && value !== undefined);
  return [style('strong', `${pipeline} ${name}`), indented(pairs(given))].join('\n\n');
}
