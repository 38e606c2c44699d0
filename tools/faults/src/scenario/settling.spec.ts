import { batchClosedV1 } from '@perennial/contracts';
import type { HistoryEvent } from '../evidence/history.event';
import { behind, endsOf, untold } from './settling';

const at = (committed: string | null, end: string) => ({
  group: 'evaluator',
  topic: 'views',
  partition: 1,
  committed,
  end,
  lag: Number(end) - Number(committed ?? 0),
});

describe('what is behind', () => {
  const ends = endsOf([at('3', '5')]);

  it('is a group before the end of then', () => {
    expect(behind([at('4', '5')], ends)).toEqual(['evaluator views/1 is at 4']);
    expect(behind([at(null, '5')], ends)).toEqual(['evaluator views/1 is at the beginning']);
  });

  it('is not one that came so far, whatever was added since', () => {
    expect(behind([at('5', '9')], ends)).toEqual([]);
    expect(behind([at('5', '5')], ends)).toEqual([]);
  });

  it('is none without records', () => {
    expect(behind([at(null, '0')], endsOf([at(null, '0')]))).toEqual([]);
  });
});

describe('what is untold', () => {
  const told = [{ type: batchClosedV1.type, data: { batchId: 'valves/2026-03-02' } }] as HistoryEvent[];

  it('is a batch that is open, or closed without an event of it', () => {
    const batches = [
      { batchId: 'valves/2026-03-02', state: 'closed' },
      { batchId: 'valves/2026-03-02~1', state: 'discarded' },
      { batchId: 'valves/2026-03-02~2', state: 'closed' },
      { batchId: 'valves/2026-03-03', state: 'collecting' },
    ] as const;
    expect(untold(batches, told)).toEqual(['valves/2026-03-02~2 is closed', 'valves/2026-03-03 is collecting']);
  });
});
