import { runStartedV1 } from '@perennial/contracts';
import { improvedDay, pagedDay } from '../story/story';
import { killedAt, killedWhilePushing, killPlan } from './kill.plan';

const event = (type: string, data: object) => ({ id: '1', type, time: '', position: '', data });

describe('the plan of kills', () => {
  it('names each of the nine services once', () => {
    const named = [killedWhilePushing.service, ...killPlan.flatMap(({ services }) => services)];
    expect(named).toHaveLength(9);
    expect(new Set(named).size).toBe(9);
  });

  it('tells the event of a day by its cycle', () => {
    expect(killedAt(event(runStartedV1.type, { cycleId: `p/${improvedDay}` }))).toEqual(['trainer']);
    expect(killedAt(event(runStartedV1.type, { cycleId: `p/${pagedDay}` }))).toEqual([]);
    expect(killedAt(event('other', { cycleId: `p/${improvedDay}` }))).toEqual([]);
  });
});
