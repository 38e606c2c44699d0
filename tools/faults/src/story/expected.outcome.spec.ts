import { expectedOutcome } from './expected.outcome';
import { stories } from './story';

describe('the expected outcome', () => {
  it('is what the story says', () => {
    const { days, versionsOfDays, servingOfDays, incidents } = expectedOutcome('full');
    expect(days.map(({ verdicts }) => verdicts)).toEqual(stories.full.map(({ verdict }) => [verdict]));
    expect(days.map(({ attempts }) => attempts)).toEqual([1, 0, 1, 3, 0]);
    expect(days.map(({ accepted, quarantined }) => [accepted, quarantined])).toEqual(days.map(() => [400, 3]));
    expect(versionsOfDays).toEqual(['2026-03-02', '2026-03-04']);
    expect(servingOfDays).toEqual(['2026-03-04']);
    expect(incidents).toEqual([{ day: '2026-03-05', pages: 1, resolved: true }]);
  });
});
