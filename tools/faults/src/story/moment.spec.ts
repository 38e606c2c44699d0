import { batchClosedV1, modelPromotedV1, runStartedV1 } from '@perennial/contracts';
import { describeMoment, halfPushed, isAt, momentsOf } from './moment';
import { stories } from './story';

const event = (type: string, data: object) => ({ type, data });

describe('moments of a story', () => {
  it('are of its days, from the first records to the last verdict', () => {
    const moments = momentsOf('brief');
    expect(moments[0]).toEqual({ type: halfPushed, day: stories.brief[0].day });
    expect(new Set(moments.map(({ day }) => day))).toEqual(new Set(stories.brief.map(({ day }) => day)));
    expect(momentsOf('paged').filter(({ type }) => type === modelPromotedV1.type)).toHaveLength(1);
  });

  it('know the event of their day, by the day or by the cycle', () => {
    const started = { type: runStartedV1.type, day: '2026-03-03' };
    expect(isAt(started, event(runStartedV1.type, { cycleId: 'p/2026-03-03' }))).toBe(true);
    expect(isAt(started, event(runStartedV1.type, { cycleId: 'p/2026-03-02' }))).toBe(false);
    expect(isAt(started, event('other', { cycleId: 'p/2026-03-03' }))).toBe(false);
    const closed = { type: batchClosedV1.type, day: '2026-03-03' };
    expect(isAt(closed, event(batchClosedV1.type, { day: '2026-03-03' }))).toBe(true);
  });

  it('are told in words', () => {
    expect(describeMoment({ type: halfPushed, day: '2026-03-03' })).toBe('half-pushed of 2026-03-03');
    expect(describeMoment({ type: runStartedV1.type, day: 'd' })).toContain(' of d');
  });
});
