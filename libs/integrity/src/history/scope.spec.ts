import { checkHistory, violatedBy } from '../checking/check.history';
import { goodHistory } from '../testing/good.history';
import { fullPlan } from '../testing/history.plan';
import { mutations } from '../testing/mutations';
import { scopeTo } from './scope';

describe('the history of one pipeline', () => {
  const good = goodHistory(fullPlan);

  it('breaks no guarantee where the whole breaks none', () => {
    for (const pipeline of ['p', 'q']) expect(violatedBy(scopeTo(good, pipeline))).toEqual([]);
  });

  it('says of what belongs to the whole installation that it was not observed', () => {
    const { results } = checkHistory(scopeTo(good, 'p'));
    const unobserved = results.filter(({ finding }) => 'cause' in finding && finding.cause === 'unobserved');
    expect(unobserved.map(({ name }) => name)).toEqual([
      'outbox-drains',
      'outbox-entries-published',
      'topics-match-outboxes',
      'outbox-order-kept',
      'offsets-behind-effects',
    ]);
  });

  it('holds what is wrong with the pipeline and not what is wrong with another', () => {
    const lost = mutations.find(({ name }) => name === 'a version is missing in the registry')!;
    const damaged = lost.apply(good, () => 0)!;
    expect(violatedBy(scopeTo(damaged, 'p'))).toEqual(['versions-registered-once']);
    expect(violatedBy(scopeTo(damaged, 'q'))).toEqual([]);
  });

  it('holds the files of the pipeline and of its dataset, and no others', () => {
    const damaged = { count: 1, examples: ['gone'] };
    const dataset = good.pipelines.find(({ name }) => name === 'p')!.dataset;
    for (const lost of [
      { pipeline: 'p', read: 1, damaged },
      { dataset, read: 1, damaged },
    ]) {
      const history = { ...good, files: [lost] };
      expect(violatedBy(scopeTo(history, 'p'))).toEqual(['files-match-their-digests']);
      expect(violatedBy(scopeTo(history, 'q'))).toEqual([]);
    }
  });
});
