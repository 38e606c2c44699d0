import { batchClosedV1 } from '@perennial/contracts';
import { goodEvents, goodEvidence } from '../testing/evidence.examples';
import { outcomeOf } from './outcome';

const closed = (day: string, accepted: number) => ({
  id: `b-${day}-${accepted}`,
  type: batchClosedV1.type,
  time: '',
  position: '',
  data: { day, rows: { accepted, quarantined: 1 } },
});

describe('the outcome', () => {
  it('is what people would tell', () => {
    const events = [...goodEvents, closed('d1', 2), closed('d2', 1), closed('d2', 3)];
    expect(outcomeOf({ ...goodEvidence, events })).toEqual({
      days: [
        { day: 'd1', verdicts: ['promoted'], cycles: 1, attempts: 1, accepted: 2, quarantined: 1 },
        { day: 'd2', verdicts: ['exhausted'], cycles: 1, attempts: 2, accepted: 4, quarantined: 2 },
        { day: 'd3', verdicts: ['kept'], cycles: 1, attempts: 0, accepted: 0, quarantined: 0 },
      ],
      versionsOfDays: ['d1'],
      servingOfDays: ['d1'],
      incidents: [{ day: 'd2', pages: 1, resolved: true }],
    });
  });

  it('shows a replica that serves something else', () => {
    expect(outcomeOf({ ...goodEvidence, serving: ['1', '0'] }).servingOfDays).toEqual(['d1', 'none']);
  });
});
