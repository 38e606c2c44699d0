import { goodHistory } from '../testing/good.history';
import { fullPlan } from '../testing/history.plan';
import { checkHistory } from './check.history';
import { describeViolations } from './report.text';

describe('a history without faults', () => {
  const history = goodHistory(fullPlan);
  const report = checkHistory(history);

  it('breaks no guarantee', () => {
    expect(describeViolations(report, history)).toBe('');
  });

  it('proves every guarantee whose parts were observed', () => {
    const open = report.results.filter(({ finding }) => finding.outcome !== 'proved').map(({ name }) => name);
    expect(open).toEqual([]);
  });
});
