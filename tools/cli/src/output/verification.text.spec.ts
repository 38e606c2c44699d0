import { checkHistory, type History } from '@perennial/integrity';
import { plain } from './style';
import { verificationSummary, verificationText } from './verification.text';

const history: History = {
  pipelines: [],
  atRest: true,
  events: [],
  deadLetters: [],
  quarantine: { records: 3, unexplained: { count: 1, examples: ['r1'] } },
  files: [{ read: 2, damaged: { count: 0, examples: [] } }],
};
const report = checkHistory(history);

describe('a verification', () => {
  it('is a line per guarantee, what is under way, the violations, and the sum', () => {
    const text = verificationText({ report, violations: 'told', unfinished: ['cycles: 1'] }, plain);
    expect(text).toMatch(/^GUARANTEE +RESULT\n/);
    expect(text).toMatch(/^accepted-rows-stored-once +not checked: what was submitted/m);
    expect(text).toMatch(/^quarantined-rows-have-reasons +VIOLATED \(1\)$/m);
    expect(text).toMatch(/^files-match-their-digests +proved \(2 checked\)$/m);
    expect(text).toMatch(/^one-cycle-per-day +there is no cycle$/m);
    expect(text).toContain('Still under way, and left out: cycles: 1');
    expect(text.split('\n\n').slice(-2)).toEqual(['told', verificationSummary(report)]);
  });

  it('sums up', () => {
    const { proved, violated, unobserved, nothing } = report;
    expect([proved, violated]).toEqual([1, 1]);
    expect(verificationSummary(report)).toBe(
      `1 guarantees proved, 1 VIOLATED, ${unobserved} not checked, ${nothing} with nothing to check`,
    );
  });
});
